/** What can be turned while the emulator runs. Each is read anew for every request. Durations are milliseconds. */
export interface Knobs {
	/** Lifetime of access tokens and id tokens. Default 3,599 s, as the service often answers. */
	accessTokenLifetime: number;
	/** `ext_expires_in`: how long clients may use an access token during an outage; `null`: as its lifetime. Default `null`. */
	extendedAccessTokenLifetime: number | null;
	/** `refresh_in`: when clients should ask for a successor; `null`: half of a lifetime of 2 h or more, else not sent. Default `null`. */
	refreshIn: number | null;
	/** Lifetime of refresh tokens. Default 90 days. */
	refreshTokenLifetime: number;
	/** Lifetime of authorization codes. Default 10 min. */
	authorizationCodeLifetime: number;
	/** Lifetime of device codes. Default 15 min. */
	deviceCodeLifetime: number;
	/** The `interval` a device is told to wait between polls. Default 1 s; the service says 5. */
	deviceCodeInterval: number;
	/** Whether a poll before its interval is over is answered `slow_down`, which also adds 5 s to the interval (RFC 8628 §3.5). Default false. */
	slowDown: boolean;
	/** Whether a refresh token works only once, and using it again revokes its successors. Default false, as Entra. */
	strictRotation: boolean;
	/** Whether a client assertion works only once (by its `jti`). Default false, as Entra. */
	strictReplay: boolean;
	/** The `iss` of version 1 access tokens is this and `/{tenant}/`. Default `https://sts.windows.net`, which Azurite insists on. */
	v1Issuer: string;
}

const SECOND = 1_000;

export const DEFAULT_KNOBS: Readonly<Knobs> = {
	accessTokenLifetime: 3_599 * SECOND,
	extendedAccessTokenLifetime: null,
	refreshIn: null,
	refreshTokenLifetime: 90 * 86_400 * SECOND,
	authorizationCodeLifetime: 600 * SECOND,
	deviceCodeLifetime: 900 * SECOND,
	deviceCodeInterval: SECOND,
	slowDown: false,
	strictRotation: false,
	strictReplay: false,
	v1Issuer: "https://sts.windows.net",
};

/** Sets the knobs named in `patch`. Throws a `TypeError`, and turns none, when one is unknown or of the wrong kind. */
export function turnKnobs(knobs: Knobs, patch: Partial<Knobs>): Knobs {
	for (const [name, value] of Object.entries(patch)) checkKnob(name, value);
	return Object.assign(knobs, patch);
}

function checkKnob(name: string, value: unknown): void {
	if (!Object.hasOwn(DEFAULT_KNOBS, name))
		throw new TypeError(
			`There is no knob "${name}"; there are ${Object.keys(DEFAULT_KNOBS).join(", ")}.`,
		);
	const usual = DEFAULT_KNOBS[name as keyof Knobs];
	const kind = usual === null ? "number" : typeof usual;
	if (value === null && usual === null) return;
	// Lifetimes go over the wire in whole seconds.
	const isRight =
		typeof value === kind && (kind !== "number" || Number(value) >= SECOND);
	if (!isRight)
		throw new TypeError(
			`The knob "${name}" takes a ${kind}${kind === "number" ? " of at least 1000 (milliseconds)" : ""}.`,
		);
}
