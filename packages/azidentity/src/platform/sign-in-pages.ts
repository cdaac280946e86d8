// The pages a person sees when the browser comes back. They work without scripts, load nothing, and may stand in
// no other page's frame.

/** The headers of every page; the browser keeps none of them, and tells nobody where it came from. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
	"Content-Type": "text/html; charset=utf-8",
	"Cache-Control": "no-store",
	"Content-Security-Policy":
		"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"Referrer-Policy": "no-referrer",
	"X-Content-Type-Options": "nosniff",
};

/** What an app shows in place of our own words. */
export interface CustomPages {
	readonly successMessage?: string | undefined;
	readonly errorMessage?: string | undefined;
}

type Tone = "good" | "bad" | "plain";

interface PageParts {
	/** In which language the texts are, when we know. */
	readonly lang?: string;
	readonly tone: Tone;
	readonly title: string;
	/** HTML already. */
	readonly body?: string;
}

const STYLE = `
:root{color-scheme:light dark;--text:#1f1f1f;--soft:#565656;--back:#f4f4f5;--card:#fff;--line:#d4d4d8;--good:#0f7b0f;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#f3f3f3;--soft:#b9b9bd;--back:#161618;--card:#232326;--line:#45454a;--good:#6ccb5f;--bad:#ff9c94}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--back);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:30rem;padding:2.5rem 2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem;text-align:center;overflow-wrap:anywhere}
svg{width:3.5rem;height:3.5rem;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.good svg{color:var(--good)}
.bad svg{color:var(--bad)}
h1{margin:.75rem 0 .5rem;font-size:1.5rem;line-height:1.3;font-weight:600}
p{margin:.5rem 0 0}
h1,main>p:not(.said){text-wrap:balance}
.said{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.875rem;text-align:start}`;

/** Each beside its words, which say the same. */
const ICONS: Readonly<Record<Tone, string>> = {
	good: '<circle cx="12" cy="12" r="10"/><path d="m7.5 12.5 3 3 6-6.5"/>',
	bad: '<circle cx="12" cy="12" r="10"/><path d="M12 7v6M12 16.5v.1"/>',
	plain: "",
};

/** It went well. */
export function successPage({ successMessage }: CustomPages = {}): string {
	if (successMessage) return customPage("good", successMessage);
	return page({
		lang: "en",
		tone: "good",
		title: "You are signed in",
		body: "<p>You can close this window and go back to the application.</p>",
	});
}

/**
 * It did not go well.
 * @param said What the service says of it: any text.
 */
export function errorPage(
	title: string,
	said: string,
	{ errorMessage }: CustomPages = {},
): string {
	if (errorMessage) return customPage("bad", errorMessage);
	const words = said === "" ? "" : `<p class="said">${escapeHtml(said)}</p>`;
	return page({
		lang: "en",
		tone: "bad",
		title,
		body: `<p>Go back to the application to try again. You can close this window.</p>\n${words}`,
	});
}

/** What is turned away is told no more than this. */
export function noticePage(): string {
	return page({
		lang: "en",
		tone: "plain",
		title: "Not part of the sign-in",
		body: "<p>This was not accepted, because it does not belong to the sign-in that is under way. Go on in the window where you are signing in, or go back to the application and start again.</p>",
	});
}

/** The app's own words: a document as it is, HTML within our page, any other text as text. */
function customPage(tone: Tone, message: string): string {
	if (/<(!doctype|html|head|body)\b/i.test(message)) return message;
	if (!/<[a-z][^>]*>/i.test(message)) return page({ tone, title: message });
	const title = tone === "good" ? "Signed in" : "Not signed in";
	return document({ tone, title }, message);
}

function page(parts: PageParts): string {
	const { body = "", title, tone } = parts;
	const icon =
		ICONS[tone] &&
		`<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[tone]}</svg>\n`;
	return document(parts, `${icon}<h1>${escapeHtml(title)}</h1>\n${body}`);
}

function document({ lang, title, tone }: PageParts, main: string): string {
	return `<!doctype html>
<html${lang === undefined ? "" : ` lang="${lang}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main class="${tone}">
${main}
</main>
</body>
</html>`;
}

function escapeHtml(text: string): string {
	return text.replace(
		/[&<>"'`]/g,
		(character) => `&#${character.charCodeAt(0)};`,
	);
}
