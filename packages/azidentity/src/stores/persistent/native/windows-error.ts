/** The failure of a call to Windows. */
export interface WindowsError extends Error {
	/** What Windows says went wrong: the number of `GetLastError`. */
	readonly win32Error: number;
}

/** A failed call to Windows: what it was to do, by which function, and the number of the error. */
export function windowsError(
	task: string,
	call: string,
	win32Error: number,
): WindowsError {
	const hex = `0x${win32Error.toString(16).padStart(8, "0")}`;
	const error = new Error(`Windows could not ${task} (${call}: error ${hex})`);
	return Object.assign(error, { win32Error });
}
