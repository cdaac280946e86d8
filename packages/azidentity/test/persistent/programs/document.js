// Writes one document again and again in a process of its own until it is killed, and says on stdout that it began.
// Usage: document.js MODULE PATH replace   as the library does
//        document.js MODULE PATH truncate  as Go and Python do: truncates the file and writes it anew, in two parts
import { closeSync, openSync, writeSync } from "node:fs";

const [module_, path, way] = process.argv.slice(2);
const { fileDocument } = await import(module_);

const vault = {
	check: async () => {},
	seal: async (text) => Buffer.from(text),
	open: async (bytes) => Buffer.from(bytes).toString(),
};
const document = fileDocument(path, vault);

for (let version = 1; ; version += 1) {
	const text = JSON.stringify({ version, text: "x".repeat(50_000) });
	if (way === "replace") {
		await document.write(text);
	} else {
		const fd = openSync(path, "w", 0o600);
		writeSync(fd, text.slice(0, 25_000));
		writeSync(fd, text.slice(25_000));
		closeSync(fd);
		await new Promise(setImmediate);
	}
	if (version === 1) process.stdout.write("writing\n");
}
