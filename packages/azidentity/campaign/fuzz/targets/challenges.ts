import assert from "node:assert/strict";
import { requestClaims } from "../../../src/entra/claims.ts";
import { SECRET, type Target } from "../target.ts";

const CLAIMS = `{"access_token":{"nbf":{"essential":true,"value":"1700000000"},"x":"${SECRET}"}}`;

export const target: Target = {
	material: {
		seeds: [
			CLAIMS,
			Buffer.from(CLAIMS).toString("base64"),
			Buffer.from(CLAIMS).toString("base64url"),
			`{"access_token":{"xms_cc":{"values":["CP1"]}}}`,
		],
		words: ['"access_token":', '"xms_cc":', '"values":[', "eyJ", "==", '{"a":'],
	},
	parse(input, choice) {
		const claims = requestClaims("Credential", input, choice < 0.5);
		if (claims !== undefined) assert.ok(JSON.parse(claims));
	},
	isKnown: (error) =>
		error instanceof TypeError && error.message.startsWith("Credential: "),
};
