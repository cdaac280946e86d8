import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/**
 * Where a program of one of these names is, by the directories of PATH in their order; undefined when there is none.
 * Only absolute directories count: a program that somebody planted in a working directory is never found.
 * @param names With their endings on Windows, the preferred one first.
 */
export function findProgram(names: readonly string[]): string | undefined {
	const directories = (process.env.PATH ?? "")
		.split(path.delimiter)
		.filter((directory) => path.isAbsolute(directory));
	// As the system's own search, a preferred name wins wherever it lies.
	for (const name of names) {
		for (const directory of directories) {
			const file = path.join(directory, name);
			if (isProgram(file)) return file;
		}
	}
	return undefined;
}

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch {
		return false; // not there, or not ours to run: the next directory may have one
	}
}
