import { spawnSync } from "node:child_process";
import { hasKeyring } from "../test/persistent/has-keyring.ts";

/** What a fault needs from the machine. */
export type Need = keyof typeof LACKS;

const LACKS = {
	linux: () =>
		process.platform === "linux" ? undefined : "it is for Linux only",
	root: () =>
		process.getuid?.() === 0
			? undefined
			: "only root can mount, and give files away",
	keyring: () =>
		process.platform === "linux" && hasKeyring()
			? undefined
			: "the kernel keeps no keys for us",
	go: () => program("go", "version"),
	python: () => program("python3", "-c", "import venv, ensurepip"),
	strace: () => program("strace", "-V"),
};

/** What is missing on this machine; undefined when all is there. */
export function lackOf(needs: readonly Need[]): string | undefined {
	for (const need of needs) {
		const lack = LACKS[need]();
		if (lack !== undefined) return lack;
	}
	return undefined;
}

function program(command: string, ...args: string[]): string | undefined {
	return spawnSync(command, args, { stdio: "ignore" }).status === 0
		? undefined
		: `there is no ${command} here`;
}
