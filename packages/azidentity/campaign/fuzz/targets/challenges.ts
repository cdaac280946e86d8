import assert from "node:assert/strict";
import { requestClaims } from "../../../src/entra/claims.ts";
import {
	challengedClaims,
	challengedTenant,
	parseChallenges,
} from "../../../src/pipeline/challenges.ts";
import { SECRET, type Target } from "../target.ts";

const CLAIMS = `{"access_token":{"nbf":{"essential":true,"value":"1700000000"},"x":"${SECRET}"}}`;
const ENCODED = Buffer.from(CLAIMS).toString("base64");
const TENANT = "0a1b2c3d-0000-4000-8000-00000000bb02";

export const target: Target = {
	material: {
		seeds: [
			...[CLAIMS, ENCODED, Buffer.from(CLAIMS).toString("base64url")],
			`{"access_token":{"xms_cc":{"values":["CP1"]}}}`,
			`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${ENCODED}"`,
			`Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="https://vault.azure.net"`,
			`Bearer authorization_uri=https://login.microsoftonline.com/${TENANT}/oauth2/authorize resource_id=https://storage.azure.com`,
			`PoP realm="", Negotiate YII=, Bearer error="invalid_token", error_description="it \\"is\\" over"`,
		],
		words: [
			...['"access_token":', '"xms_cc":', '"values":[', "eyJ", "==", '{"a":'],
			...["Bearer ", "Negotiate ", 'claims="', 'error="insufficient_claims"'],
			...[", ", "\\", "authorization_uri=", "https://", "/../", "common", "="],
		],
	},
	parse(input, choice) {
		if (choice < 0.4) return answer(input, choice < 0.2);
		parseChallenges(input);
		const claims = challengedClaims(input);
		if (claims !== undefined) assert.ok(JSON.parse(claims));
		const tenant = challengedTenant(input);
		if (tenant !== undefined) assert.match(tenant, /^[0-9a-z.-]+$/i);
	},
	// Headers never make anything fail: what is not understood is not answered.
	isKnown: (error) =>
		error instanceof TypeError && error.message.startsWith("Credential: "),
};

function answer(input: string, cae: boolean) {
	const claims = requestClaims("Credential", input, cae);
	if (claims !== undefined) assert.ok(JSON.parse(claims));
}
