/**
 * What the engine's library says at its start or first use, and why nobody needs to read it.
 * Everything else it has to say is let through.
 */
const KNOWN_NOTICES = [
	// It supports Node 22 and later. The two built-ins it needs beyond Node 20's first releases, `URL.parse` and
	// `crypto.hash`, are in 20.19, the oldest version that this package admits; the rule table runs there as well.
	"Unsupported runtime",
	// The edge has to read the form first, to log it and to translate it; it refuses repeated parameters itself, which is
	// what the library could no longer see in a parsed body.
	"already parsed request body detected",
];

/** Keeps the known notices of the library from the terminal. Call it before the library is loaded. */
export function quietLibrary(): void {
	const { warn } = console;
	console.warn = (...words: unknown[]) => {
		const text = String(words[0]);
		const isKnown = KNOWN_NOTICES.some((notice) => text.includes(notice));
		if (!(text.includes("oidc-provider") && isKnown)) warn(...words);
	};
}
