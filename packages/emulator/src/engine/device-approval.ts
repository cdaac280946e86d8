import type Provider from "oidc-provider";
import { authenticationMethods } from "../dialect/claims.ts";
import type { User } from "../fixtures.ts";
import { consent } from "./sign-in.ts";

/** As people type it: in any case, with whatever they put between the letters. */
export const normalUserCode = (userCode: string): string =>
	userCode.toUpperCase().replaceAll(/\W/g, "");

/** Approves a device code as this person would at the device page, or declines it. Throws when it is not waiting. */
export async function decideDevice(
	provider: Provider,
	userCode: string,
	decision: { user: User; now: number } | "decline",
): Promise<void> {
	const code = await provider.DeviceCode.findByUserCode(
		normalUserCode(userCode),
	);
	if (code === undefined || code.accountId || code.error)
		throw new Error(
			`No device is waiting with the code "${userCode}": it is unknown, expired or already answered.`,
		);
	if (decision === "decline") {
		Object.assign(code, { error: "access_denied" });
	} else {
		const { user, now } = decision;
		const params = { ...code.params, client_id: code.clientId };
		Object.assign(code, {
			accountId: user.id,
			amr: authenticationMethods(user),
			authTime: Math.floor(now / 1_000),
			grantId: await consent(provider, params, user),
			scope: code.params?.scope,
			resource: code.params?.resource,
		});
	}
	await code.save();
}
