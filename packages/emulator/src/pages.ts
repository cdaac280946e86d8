// The pages people see. They work without scripts, styles or images from anywhere, and say which emulator they belong to.
import type { Tenant, User } from "./fixtures.ts";

/** Nothing on a page may load or run but its own style; and no page may stand in another's frame. */
export const PAGE_HEADERS = {
	"content-type": "text/html; charset=utf-8",
	"cache-control": "no-store",
	"content-security-policy":
		"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
	"referrer-policy": "no-referrer",
} as const;

const STYLE = `
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 1rem}
h1{font-size:1.4rem}
label{display:block;margin-top:.8rem}
input,button{font:inherit;padding:.5rem;margin:.2rem 0;width:100%;box-sizing:border-box}
button{margin-top:.8rem;cursor:pointer}
[role=alert]{border-left:.25rem solid;padding:.2rem .8rem;color:light-dark(#a4262c,#ff9aa2)}
small{opacity:.75}`;

export const escapeHtml = (text: string): string =>
	text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A page. `body` is HTML already. */
function page(title: string, body: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
<p><small>This is an emulator of Microsoft Entra ID on this machine. Do not enter a real password.</small></p>
</body>
</html>`;
}

/** A page with something to read and nothing to do. */
export const messagePage = (title: string, text: string): string =>
	page(title, `<p>${escapeHtml(text)}</p>`);

export const errorPage = (description: string): string =>
	page(
		"Sorry, but we’re having trouble signing you in.",
		`<p role="alert">${escapeHtml(description)}</p>`,
	);

const problem = (text: string | undefined): string =>
	text === undefined
		? ""
		: `<p role="alert" id="problem">${escapeHtml(text)}</p>`;

/** The sign-in page: an account, its password, and on cancelling a way back to the app. */
export function signInPage(parts: {
	tenant: Tenant;
	appName: string;
	/** Suggested while typing. */
	users: readonly User[];
	username: string;
	/** Who is signed in already and may go on without a password. */
	current: User | undefined;
	error: string | undefined;
}): string {
	const wrong =
		parts.error === undefined
			? ""
			: ' aria-invalid="true" aria-describedby="problem"';
	// Where the person has to type next: the password, once the account is known.
	const focus = (isHere: boolean) => (isHere ? " autofocus" : "");
	const isKnown = parts.username !== "";
	return page(
		"Sign in",
		`<p>to <b>${escapeHtml(parts.appName)}</b> with an account of <b>${escapeHtml(parts.tenant.name)}</b></p>
${problem(parts.error)}
${parts.current === undefined ? "" : continueForm(parts.current)}
<form method="post">
<label for="loginfmt">Account</label>
<input id="loginfmt" name="loginfmt" type="email" autocomplete="username" list="accounts" value="${escapeHtml(parts.username)}" required${focus(!isKnown)}${wrong}>
<datalist id="accounts">${parts.users.map(({ username }) => `<option value="${escapeHtml(username)}"></option>`).join("")}</datalist>
<label for="passwd">Password</label>
<input id="passwd" name="passwd" type="password" autocomplete="current-password"${focus(isKnown)}${wrong}>
<button type="submit" id="idSIButton9">Sign in</button>
<button type="submit" id="idBtn_Back" name="cancel" value="1" formnovalidate>Cancel</button>
</form>`,
	);
}

const continueForm = (user: User): string =>
	`<form method="post"><button type="submit" id="continue" name="continue" value="${escapeHtml(user.id)}">Continue as ${escapeHtml(user.username)}</button></form>`;

/** Where a device's code is entered. `form` is the engine's, without its button. */
export const deviceCodePage = (
	form: string,
	error: string | undefined,
): string =>
	page(
		"Enter code",
		`${problem(error)}
<p>Enter the code displayed on your app or device.</p>
${form.replace("<input\n", '<label for="user_code">Code</label>\n<input id="user_code"\n')}
<button type="submit" form="op.deviceInputForm" id="idSIButton9">Next</button>`,
	);

/** The question whether it is really this app that asked. */
export const deviceConfirmPage = (
	form: string,
	appName: string,
	userCode: string,
): string =>
	page(
		`Are you trying to sign in to ${appName}?`,
		`<p>Only continue if you entered the code <b>${escapeHtml(userCode)}</b> from an app or device that you trust.</p>
${form}
<button type="submit" form="op.deviceConfirmForm" id="idSIButton9" autofocus>Continue</button>
<button type="submit" form="op.deviceConfirmForm" id="idBtn_Back" name="abort" value="yes">Cancel</button>`,
	);

export const signOutPage = (form: string): string =>
	page(
		"Do you want to sign out?",
		`${form}
<button type="submit" form="op.logoutForm" id="idSIButton9" name="logout" value="yes" autofocus>Sign out</button>
<button type="submit" form="op.logoutForm" id="idBtn_Back">Stay signed in</button>`,
	);
