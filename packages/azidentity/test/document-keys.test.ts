import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
	accessTokenKey,
	accountKey,
	appMetadataKey,
	extraPartsHash,
	idTokenKey,
	refreshTokenKey,
} from "../src/cache/document-keys.ts";
import { assertionHash } from "../src/foundation/assertion-hash.ts";
import { type Entities, unified } from "./documents/unified.ts";

const PARTS = {
	home: "U1.T1",
	environment: "login.microsoftonline.com",
	clientId: "C0-App",
	realm: "t1",
};
const TARGET = "openid User.Read";

describe("document keys", () => {
	test("keys are those of Go, in lower case and with nothing behind the last segment", () => {
		const user = "u1.t1-login.microsoftonline.com";
		assert.equal(
			accessTokenKey(PARTS, TARGET, "Bearer"),
			`${user}-accesstoken-c0-app-t1-openid user.read`,
		);
		assert.equal(
			accessTokenKey(PARTS, TARGET, "BEARER"),
			`${user}-accesstoken-c0-app-t1-openid user.read`,
		);
		assert.equal(
			accessTokenKey(PARTS, TARGET, "pop"),
			`${user}-accesstoken-c0-app-t1-openid user.read-pop`,
		);
		assert.equal(
			accessTokenKey(PARTS, TARGET, ""),
			`${user}-accesstoken-c0-app-t1-openid user.read-`,
		);
		assert.equal(refreshTokenKey(PARTS), `${user}-refreshtoken-c0-app`);
		assert.equal(refreshTokenKey(PARTS, "1"), `${user}-refreshtoken-1`);
		assert.equal(idTokenKey(PARTS), `${user}-idtoken-c0-app-t1`);
		assert.equal(accountKey(PARTS), `${user}-t1`);
		assert.equal(
			appMetadataKey(PARTS),
			"appmetadata-login.microsoftonline.com-c0-app",
		);
	});

	test("the key of an app's own token begins with the dash behind an account that is not there", () => {
		const app = { ...PARTS, home: "" };
		assert.equal(
			accessTokenKey(app, "https://vault.azure.net/.default", "Bearer"),
			"-login.microsoftonline.com-accesstoken-c0-app-t1-https://vault.azure.net/.default",
		);
	});

	test("extra parameters keep a token apart by their hash", () => {
		const hash = extraPartsHash({ fmi_path: "a/b" });
		assert.equal(hash, "ov4rzjppsoorvfirec6knwpq_ewdthx-s92gexiklps");
		const user = "u1.t1-login.microsoftonline.com-atext-c0-app-t1";
		assert.equal(
			accessTokenKey(PARTS, TARGET, "Bearer", hash),
			`${user}-openid user.read-${hash}`,
		);
		assert.equal(
			accessTokenKey(PARTS, TARGET, "pop", hash),
			`${user}-openid user.read-pop-${hash}`,
		);
	});

	test("extra parameters hash the same in any order, and never run together", () => {
		assert.equal(
			extraPartsHash({ a: "1", b: "2" }),
			extraPartsHash({ b: "2", a: "1" }),
		);
		assert.notEqual(extraPartsHash({ a: "bc" }), extraPartsHash({ ab: "c" }));
	});

	test("an assertion is named by its hash, and its bearer's tokens by keys of their own", () => {
		const hash = assertionHash("user-assertion-jwt");
		assert.equal(hash, "cxLjxX38mL2CafUfrJZnPOfo8Z7gwVA4Jbl_w7Jdv5A");
		const mine = { ...PARTS, assertionHash: hash };
		const yours = { ...PARTS, assertionHash: assertionHash("another") };
		for (const keyOf of [
			(parts: typeof mine) => accessTokenKey(parts, TARGET, "Bearer"),
			(parts: typeof mine) => refreshTokenKey(parts),
		])
			assert.notEqual(keyOf(mine), keyOf(yours));
	});

	test("every entry that Go wrote stands under the key we would give it", () => {
		const { AccessToken, RefreshToken, IdToken, Account, AppMetadata } =
			unified();
		const parts = (entity: Record<string, string>) => ({
			home: entity.home_account_id ?? "",
			environment: entity.environment ?? "",
			clientId: entity.client_id ?? "",
			realm: entity.realm ?? "",
		});
		const keys = (
			section: Entities,
			keyOf: (entity: Record<string, string>) => string,
		) => {
			assert.deepEqual(Object.values(section).map(keyOf), Object.keys(section));
		};
		keys(AccessToken, (entity) =>
			accessTokenKey(
				parts(entity),
				entity.target ?? "",
				entity.token_type ?? "",
				entity.ext_cache_key,
			),
		);
		keys(RefreshToken, (entity) =>
			refreshTokenKey(parts(entity), entity.family_id),
		);
		keys(IdToken, (entity) => idTokenKey(parts(entity)));
		keys(Account, (entity) => accountKey(parts(entity)));
		keys(AppMetadata, (entity) => appMetadataKey(parts(entity)));
	});
});
