import { request } from "node:https";

/**
 * What a person and their browser do at the sign-in page of the emulator: follow where it leads, with its cookies,
 * enter name and password once, and end at the application's own address.
 * @param {{ ca: string }} emulator
 * @param {string} url Where the application sends them.
 * @param {{ username: string, password: string }} user
 * @returns {Promise<URL>} The application's address, with what came back.
 */
export async function signInAt(emulator, url, { username, password }) {
	const { origin } = new URL(url);
	const cookies = new Map();
	let form;
	for (let next = new URL(url); next.origin === origin; ) {
		const { body, headers } = await visit(next, { emulator, cookies, form });
		if (headers.location !== undefined) {
			next = new URL(headers.location, next);
			form = undefined;
			if (next.origin !== origin) return next;
			continue;
		}
		if (form !== undefined || !body.includes('name="passwd"'))
			throw new Error("the sign-in page did not take name and password");
		form = new URLSearchParams({ loginfmt: username, passwd: password });
	}
	throw new Error("the sign-in page was never shown");
}

/** One request of the browser. Redirects are left to the caller, who has to look where they lead. */
function visit(url, { emulator, cookies, form }) {
	const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
	return new Promise((resolve, reject) => {
		const outgoing = request(url, {
			ca: emulator.ca,
			method: form === undefined ? "GET" : "POST",
			headers: {
				accept: "text/html",
				cookie,
				...(form && { "content-type": "application/x-www-form-urlencoded" }),
			},
		});
		outgoing.once("error", reject);
		outgoing.once("response", async (answer) => {
			for (const line of answer.headers["set-cookie"] ?? []) {
				const [name, value] = line.split(";")[0].split("=");
				cookies.set(name, value);
			}
			let body = "";
			for await (const part of answer.setEncoding("utf8")) body += part;
			resolve({ body, headers: answer.headers });
		});
		outgoing.end(form?.toString());
	});
}
