/** Where on this machine the browser brings a sign-in's answer. */
export interface RedirectAddress {
	/** Undefined: any free one. */
	readonly port: number | undefined;
	/** As it stands in the redirect URI: empty, or beginning with a slash. */
	readonly path: string;
}

/** Any port, no path: what `http://localhost` stands for in an app's registration. */
export const ANY_PORT: RedirectAddress = { port: undefined, path: "" };

const REDIRECT_URI = /^http:\/\/localhost(?::(\d{1,5}))?(\/[^?#\s\\]*)?$/i;

/**
 * Reads a redirect URI of this machine: `http://localhost`, with or without port and path.
 * @throws TypeError that names the credential and `redirectUri` when it is none.
 */
export function redirectAddress(
	credentialName: string,
	redirectUri: unknown,
): RedirectAddress {
	const parts =
		typeof redirectUri === "string" ? REDIRECT_URI.exec(redirectUri) : null;
	const port = parts?.[1] === undefined ? undefined : Number(parts[1]);
	if (parts === null || port === 0 || (port ?? 0) > 65_535)
		throw new TypeError(
			`${credentialName}: the option redirectUri is no address of this machine. Pass "http://localhost", "http://localhost:8400" or "http://localhost:8400/path", as the app is registered; without the option any free port is used.`,
		);
	return { port, path: parts[2] ?? "" };
}
