// Walks through a sign-in as a browser without scripts would: follows redirects, keeps cookies, fills in the form it is
// shown. Knows no page of the emulator: a form's fields are told by their types.

/** More pages than any sign-in has; a walk in circles ends here. */
const LONGEST_WALK = 15;

/** Signs a person in and resolves to what arrives at the redirect URI: parameters of the query, or of a posted form. */
export async function signIn(address, { redirectUri, username, password }) {
	const cookies = new Map();
	let next = { url: new URL(address) };
	for (let pages = 0; pages < LONGEST_WALK; pages++) {
		const { url, form } = next;
		if (url.href.startsWith(redirectUri)) return form ?? url.searchParams;
		const response = await fetch(url, {
			redirect: "manual",
			method: form ? "POST" : "GET",
			...(form && { body: form }),
			headers: { cookie: [...cookies.values()].join("; ") },
		});
		for (const cookie of response.headers.getSetCookie()) keep(cookies, cookie);
		const location = response.headers.get("location");
		const page = await response.text();
		next = location
			? { url: new URL(location, url) }
			: filledIn(page, url, { username, password });
	}
	throw new Error(`The sign-in did not end; it is at ${next.url.pathname}`);
}

function keep(cookies, header) {
	const [pair] = header.split(";");
	const [name, value] = pair.split("=");
	const isExpired = value === "" || /expires=thu, 01 jan 1970/i.test(header);
	if (isExpired) cookies.delete(name);
	else cookies.set(name, pair);
}

function filledIn(page, url, { username, password }) {
	const tag = /<form[^>]*>/i.exec(page)?.[0];
	if (tag === undefined)
		throw new Error(
			`There is no form at ${url.pathname}: ${page.slice(0, 500)}`,
		);
	const form = new URLSearchParams();
	for (const [input] of page.matchAll(/<input[^>]*>/gi)) {
		const name = attribute(input, "name");
		const type = attribute(input, "type") ?? "text";
		if (name === undefined) continue;
		if (type === "password") form.set(name, password);
		else if (type === "text" || type === "email") form.set(name, username);
		else form.set(name, attribute(input, "value") ?? "");
	}
	return { url: new URL(attribute(tag, "action") ?? "", url), form };
}

function attribute(tag, name) {
	const found = new RegExp(
		`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`,
		"i",
	).exec(tag);
	const text = found?.[1] ?? found?.[2] ?? found?.[3];
	return text
		?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
		.replaceAll("&quot;", '"')
		.replaceAll("&amp;", "&");
}
