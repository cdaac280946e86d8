import type { Fault } from "@azidentity/emulator";

/** What a planted answer says where a token would be: no error may show it, and no call may return it. */
export const MARK = "eyJhbGciOiJub25lIn0.PLANTED.";

const token = (fields: object): Fault => ({
	body: { token_type: "Bearer", access_token: MARK, ...fields },
});

/** What a service, or what stands in its place, may answer with in place of a token; trying again does not help. */
export const SPOILED_ANSWERS: [string, Fault][] = [
	["HTML with status 200", { body: "<h1>welcome</h1>" }],
	["JSON cut short", { truncate: 40 }],
	["an empty body", { status: 200, body: "" }],
	["a list", { body: [] }],
	["no token in it", { body: { expires_in: 3599 } }],
	["an empty token", token({ access_token: "", expires_in: 3599 })],
	["a token that is no text", token({ access_token: 1, expires_in: 3599 })],
	["no expires_in", token({})],
	["expires_in 0", token({ expires_in: 0 })],
	["expires_in negative", token({ expires_in: -1 })],
	["expires_in as words", token({ expires_in: "soon" })],
	["expires_in as a fraction", token({ expires_in: 1.5 })],
	["an error with status 200", { body: { error: "unauthorized_client" } }],
	["a redirect", { status: 302, headers: { location: "/x" } }],
	["a permanent redirect", { status: 308, headers: { location: "/" } }],
	["a refusal in HTML", { status: 400, body: "<h1>no</h1>" }],
	["a refusal", { status: 400, body: { error: "invalid_client" } }],
];

/** What breaks the connection; trying again may help. */
export const BROKEN_CONNECTIONS: [string, Fault][] = [
	["a connection cut at once", { reset: "at-once" }],
	["a connection cut in the middle", { reset: "mid-body" }],
];

/** The answers of a service in trouble; trying again may help. */
export const TROUBLED_STATUSES = [408, 429, 500, 502, 503, 504];

/** The ways to say how long a service wants to be left alone, and how far off each may be, in milliseconds. */
export const WISHES: [
	string,
	number,
	(milliseconds: number) => Record<string, string>,
][] = [
	["in seconds", 0, (wait) => ({ "retry-after": `${wait / 1_000}` })],
	[
		"as a date",
		1_000,
		(wait) => ({ "retry-after": new Date(Date.now() + wait).toUTCString() }),
	],
	["in milliseconds", 0, (wait) => ({ "retry-after-ms": `${wait}` })],
	[
		"in its own milliseconds",
		0,
		(wait) => ({ "x-ms-retry-after-ms": `${wait}` }),
	],
];

/** The fault for every token request, as long as the test lasts. */
export const lasting = (fault: Fault): Fault => ({
	path: "/token",
	times: null,
	...fault,
});
