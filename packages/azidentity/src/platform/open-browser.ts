import type { ChildProcess } from "node:child_process";
import { CredentialUnavailableError } from "../errors.ts";
import { codeOf, redact } from "../foundation/redact.ts";

/** Shows a person a web page. May go on as long as the browser does; rejects as soon as there is none. */
export type OpenBrowser = (url: string) => Promise<unknown>;

/**
 * Opens the browser.
 * @throws CredentialUnavailableError when that cannot be done. The address is never shown: it says who is signing in.
 */
export async function openBrowser(
	credentialName: string,
	url: string,
	open: OpenBrowser = openSystemBrowser,
): Promise<void> {
	try {
		await open(url);
	} catch (error) {
		const reason = error instanceof Error ? error.message : typeof error;
		throw new CredentialUnavailableError(
			`${credentialName}: no browser could be opened: ${redact(reason, [url])}. Sign in by DeviceCodeCredential, which needs no browser on this machine.`,
		);
	}
}

/** The browser that the person has chosen for this machine. */
async function openSystemBrowser(url: string): Promise<void> {
	if (isHeadless(process.platform, process.env))
		throw new Error(
			"this machine has no display (DISPLAY, WAYLAND_DISPLAY and BROWSER are not set)",
		);
	const { default: open } = await import("open");
	let opener: ChildProcess;
	try {
		opener = await open(url);
	} catch (error) {
		// The library's error holds its command line, and with it the address.
		throw new Error(
			`the system's way to open one does not start (${codeOf(error) ?? "no reason given"})`,
		);
	}
	const code = await exitCode(opener);
	if (code !== 0)
		throw new Error(`the system's way to open one ended with code ${code}`);
}

/** Whether there is nowhere to show a window. Then the opener would try browsers of the terminal, which nobody sees. */
export function isHeadless(
	platform: NodeJS.Platform,
	env: Readonly<Record<string, string | undefined>>,
): boolean {
	if (["aix", "android", "darwin", "win32"].includes(platform)) return false;
	// Under WSL it is Windows that shows the window. BROWSER is a program that does without a display.
	const shown = [env.DISPLAY, env.WAYLAND_DISPLAY, env.BROWSER];
	return !env.WSL_DISTRO_NAME && shown.every((value) => !value);
}

/** How the opener ended, which may be as late as the browser ends; it does not keep this program alive. */
function exitCode(opener: ChildProcess): Promise<number | string | null> {
	if (opener.exitCode !== null) return Promise.resolve(opener.exitCode);
	return new Promise((resolve, reject) => {
		opener.once("error", reject);
		opener.once("exit", (code, signal) => resolve(code ?? signal));
	});
}
