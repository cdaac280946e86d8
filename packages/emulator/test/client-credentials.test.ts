import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	ask,
	askToken,
	payloadOf,
	startedEmulator,
} from "./authority-client.ts";

const STORAGE = "https://storage.azure.com/.default";

let emulator: Emulator;
let tenant: string;
beforeAll(async () => {
	emulator = await startedEmulator();
	tenant = emulator.tenants.contoso.id;
});

const asDaemon = (form: Record<string, string> = {}) => ({
	grant_type: "client_credentials",
	client_id: emulator.apps.daemon.clientId,
	client_secret: emulator.apps.daemon.secrets[0],
	scope: STORAGE,
	...form,
});

describe("client credentials", () => {
	test("an app gets a token for the resource before the last slash", async () => {
		const { json } = await askToken(emulator, tenant, asDaemon());

		assert.deepEqual(Object.keys(json).sort(), [
			"access_token",
			"expires_in",
			"ext_expires_in",
			"token_type",
		]);
		assert.equal(json.token_type, "Bearer");
		assert.equal(json.expires_in, 3599);
		const claims = payloadOf(json.access_token);
		assert.equal(claims.aud, "https://storage.azure.com");
		assert.equal(claims.iss, `https://sts.windows.net/${tenant}/`);
		assert.equal(claims.appid, emulator.apps.daemon.clientId);
		assert.equal(claims.appidacr, "1");
		assert.equal(claims.idtyp, "app");
		assert.equal(claims.oid, claims.sub);
		assert.equal(claims.exp - claims.iat, 3599);
		assert.equal(claims.nbf, claims.iat);
	});

	test("a second slash before .default stays in the audience", async () => {
		const { json } = await askToken(
			emulator,
			tenant,
			asDaemon({ scope: "https://storage.azure.com//.default" }),
		);

		assert.equal(
			payloadOf(json.access_token).aud,
			"https://storage.azure.com/",
		);
	});

	test("the token verifies with the published key", async () => {
		const token = (await askToken(emulator, tenant, asDaemon())).json
			.access_token as string;
		const { keys } = (await ask(emulator, `/${tenant}/discovery/v2.0/keys`))
			.json;

		const [header = "", payload = "", signature = ""] = token.split(".");
		const { kid, x5t, typ, alg } = JSON.parse(
			Buffer.from(header, "base64url").toString(),
		);
		assert.deepEqual({ kid, x5t }, { kid: keys[0].kid, x5t: keys[0].x5t });
		assert.deepEqual({ typ, alg }, { typ: "JWT", alg: "RS256" });
		assert.equal("d" in keys[0], false);
		const key = createPublicKey({ key: keys[0], format: "jwk" });
		const signed = Buffer.from(`${header}.${payload}`);
		assert.ok(
			verify("sha256", signed, key, Buffer.from(signature, "base64url")),
		);
	});

	test("either secret of an app works, in the form and in the header", async () => {
		const [first, second] = emulator.apps.daemon.secrets;
		const { client_secret: _secret, client_id: id, ...rest } = asDaemon();
		const basic = Buffer.from(
			`${id}:${encodeURIComponent(second ?? "")}`,
		).toString("base64");

		const inForm = await askToken(
			emulator,
			tenant,
			asDaemon({ client_secret: first }),
		);
		const inHeader = await ask(emulator, `/${tenant}/oauth2/v2.0/token`, {
			form: rest,
			headers: { authorization: `Basic ${basic}` },
		});

		assert.equal(inForm.status, 200);
		assert.equal(inHeader.status, 200, inHeader.text);
	});

	test("an app of every tenant has another service principal in each", async () => {
		const home = await askToken(emulator, tenant, asDaemon());
		const away = await askToken(emulator, "fabrikam.test", asDaemon());

		const [one, other] = [home, away].map(({ json }) =>
			payloadOf(json.access_token),
		);
		assert.equal(other.tid, emulator.tenants.fabrikam.id);
		assert.notEqual(one.oid, other.oid);
	});

	test("an API of version 2 gets its client id as audience and the authority as issuer", async () => {
		await emulator.updateApp(emulator.apps.api.clientId, {
			roles: ["Orders.ReadAll"],
		});

		const { json } = await askToken(
			emulator,
			tenant,
			asDaemon({ scope: "api://orders/.default" }),
		);

		const claims = payloadOf(json.access_token);
		assert.equal(claims.aud, emulator.apps.api.clientId);
		assert.equal(claims.iss, `${emulator.authorityHost}/${tenant}/v2.0`);
		assert.equal(claims.azp, emulator.apps.daemon.clientId);
		assert.equal(claims.azpacr, "1");
		assert.equal(claims.ver, "2.0");
		assert.deepEqual(claims.roles, ["Orders.ReadAll"]);
	});

	test("the capabilities a client declares come back in the token", async () => {
		const claims = JSON.stringify({
			access_token: { xms_cc: { values: ["CP1"] } },
		});

		const { json } = await askToken(emulator, tenant, asDaemon({ claims }));

		assert.deepEqual(payloadOf(json.access_token).xms_cc, ["CP1"]);
	});
});
