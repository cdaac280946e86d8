import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request } from "node:https";
import type { App, Emulator, User } from "@azidentity/emulator";

interface Visit {
	readonly emulator: Emulator;
	readonly cookies: Map<string, string>;
	readonly form: URLSearchParams | undefined;
}

/** The code that comes back when a person signs in to an app at the emulator's page. */
export async function codeFor(
	emulator: Emulator,
	app: App,
	redirectUri: string,
	user: User = emulator.users.alice,
	codeVerifier?: string,
): Promise<string> {
	const query = new URLSearchParams({
		client_id: app.clientId,
		response_type: "code",
		redirect_uri: redirectUri,
		scope: "openid profile offline_access https://vault.azure.net/.default",
		state: "state",
		...(codeVerifier && {
			code_challenge: createHash("sha256")
				.update(codeVerifier)
				.digest("base64url"),
			code_challenge_method: "S256",
		}),
	});
	const { id } = emulator.tenants.contoso;
	const start = `${emulator.authorityHost}/${id}/oauth2/v2.0/authorize?${query}`;
	const cookies = new Map<string, string>();
	let next = new URL(start);
	let form: URLSearchParams | undefined;
	while (next.origin === emulator.authorityHost) {
		const { body, location } = await visit(next, { emulator, cookies, form });
		if (location !== undefined) {
			next = new URL(location, next);
			form = undefined;
			continue;
		}
		assert.ok(form === undefined && body.includes('name="passwd"'), body);
		form = new URLSearchParams({
			loginfmt: user.username,
			passwd: user.password,
		});
	}
	return next.searchParams.get("code") ?? assert.fail(next.href);
}

/** One request of a browser that keeps cookies and leaves redirects to the caller. */
function visit(
	url: URL,
	{ emulator, cookies, form }: Visit,
): Promise<{ body: string; location: string | undefined }> {
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
				const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
				cookies.set(name, value);
			}
			let body = "";
			for await (const part of answer.setEncoding("utf8")) body += part;
			resolve({ body, location: answer.headers.location });
		});
		outgoing.end(form?.toString());
	});
}
