// A process that uses locks as it is told, one JSON line at a time: {"do":"lock"|"unlock"|"close"|"add","file":…}.
// "add" adds one to the number in `<file>.count` under the lock, as often as `times` says.
// It answers each line with one line of JSON.
import fs from "node:fs";
import { createInterface } from "node:readline";
import {
	tryLockFile,
	unlockFile,
} from "../src/stores/persistent/native/lock-file-ex.ts";

const opened = new Map<string, number>();
const descriptor = (file: string) => {
	const fd = opened.get(file) ?? fs.openSync(file, "a+");
	opened.set(file, fd);
	return fd;
};

const tasks: Record<string, (file: string, times: number) => Promise<unknown>> =
	{
		lock: (file) => tryLockFile(descriptor(file)),
		async unlock(file) {
			await unlockFile(descriptor(file));
			return true;
		},
		async close(file) {
			fs.closeSync(descriptor(file));
			return opened.delete(file);
		},
		async add(file, times) {
			const fd = descriptor(file);
			let refused = 0;
			for (let time = 0; time < times; time += 1) {
				while (!(await tryLockFile(fd))) {
					refused += 1;
					await new Promise(setImmediate);
				}
				const count = Number(fs.readFileSync(`${file}.count`, "utf8"));
				fs.writeFileSync(`${file}.count`, String(count + 1));
				await unlockFile(fd);
			}
			return refused;
		},
	};

for await (const line of createInterface({ input: process.stdin })) {
	const { do: name, file, times } = JSON.parse(line);
	console.log(JSON.stringify(await tasks[name]?.(file, times)));
}
