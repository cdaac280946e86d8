import path from "node:path";

/** A program and its arguments, as the system starts them. */
export interface CommandLine {
	readonly file: string;
	readonly args: readonly string[];
	/** Whether Windows gets the arguments as they are, with no quotes added. */
	readonly isVerbatim: boolean;
}

/**
 * What an argument of a batch file may hold: nothing that the command interpreter of Windows gives a meaning
 * between quotes. There is no escaping that is right in each of its parsing rounds, so there is none here.
 */
const HARMLESS_ARGUMENT = /^[\w .:/+=@-]*$/;

/** A path between quotes: `%` would still be replaced, and a quote would end it. */
const HARMLESS_PATH = /^[^%"\r\n]+$/;

/**
 * How to start a program without a shell. A batch file of Windows cannot be started without the command interpreter:
 * then that one is started, by its full path, with arguments that mean nothing to it.
 * @throws TypeError when an argument of a batch file could mean something to the interpreter. It is not shown.
 */
export function commandLine(
	program: string,
	args: readonly string[],
): CommandLine {
	if (!/\.(cmd|bat)$/i.test(program))
		return { file: program, args, isVerbatim: false };
	if (
		!HARMLESS_PATH.test(program) ||
		!args.every((argument) => HARMLESS_ARGUMENT.test(argument))
	)
		throw new TypeError(
			`${path.basename(program)} cannot be started: its path or an argument has a character that the command interpreter of Windows would not pass on as it is.`,
		);
	const quoted = [program, ...args].map((part) => `"${part}"`).join(" ");
	return {
		file: path.win32.join(windowsDirectory(), "System32", "cmd.exe"),
		args: ["/d", "/s", "/v:off", "/c", `"${quoted}"`],
		isVerbatim: true,
	};
}

/** Where Windows is. The variable can be set by anyone, so only a full path on a drive counts. */
export function windowsDirectory(): string {
	const named = process.env.SystemRoot ?? process.env.SYSTEMROOT ?? "";
	return /^[a-z]:\\[^%"]+$/i.test(named) ? named : "C:\\Windows";
}
