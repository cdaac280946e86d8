#!/usr/bin/env node
// Stands in for a browser and the person before it: opens the address it is given, signs in by the forms on the pages,
// and goes wherever they lead, until it is back at the program that waits on localhost.
const cookies = new Map();
let step = { url: process.argv[2] };
for (let count = 0; count < 20 && step !== undefined; count += 1)
	step = await take(step);

/** Loads one page, and tells where it leads. */
async function take({ url, form }) {
	const response = await fetch(url, {
		method: form === undefined ? "GET" : "POST",
		body: form && new URLSearchParams(form),
		headers: { cookie: [...cookies.values()].join("; ") },
		redirect: "manual",
	});
	for (const line of response.headers.getSetCookie()) {
		const [pair] = line.split(";");
		cookies.set(pair.split("=")[0], pair);
	}
	const location = response.headers.get("location");
	if (location !== null) return { url: new URL(location, url).href };
	const page = await response.text();
	const fields = fieldsOf(page);
	if ("passwd" in fields) fields.passwd = process.env.STAND_IN_PASSWORD;
	else if (!page.includes(".submit()")) return undefined; // there is nothing left to do
	const action = /<form[^>]*\saction="([^"]*)"/.exec(page)?.[1] ?? url;
	return { url: new URL(unescaped(action), url).href, form: fields };
}

function fieldsOf(page) {
	const inputs = page.match(/<input[^>]*>/g) ?? [];
	const named = inputs.map((input) => {
		const value = (name) =>
			unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(input)?.[1] ?? "");
		return [value("name"), value("value")];
	});
	return Object.fromEntries(named);
}

function unescaped(html) {
	return html
		.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
		.replaceAll("&quot;", '"')
		.replaceAll("&lt;", "<")
		.replaceAll("&gt;", ">")
		.replaceAll("&amp;", "&");
}
