/** The value of an environment variable. One that is empty or blank counts as not set. */
export function environmentVariable(name: string): string | undefined {
	const value = process.env[name];
	return value === undefined || value.trim() === "" ? undefined : value;
}
