import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
	DeviceCodeCredential,
	type DeviceCodeCredentialOptions,
	type DeviceCodeInfo,
} from "azidentity";
import { describe, test } from "vitest";
import { approveBy, atTheDevice } from "./at-the-device.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const device = (
	act?: (info: DeviceCodeInfo) => unknown,
	options?: DeviceCodeCredentialOptions,
) => atTheDevice(entra, act, options);
const polls = async () =>
	(await entra.tokenRequests()).filter(({ grantType }) =>
		grantType?.includes("device_code"),
	);

describe("A person signs in at another device", () => {
	test("by what the callback shows them, and is not asked again", async () => {
		const { credential, infos } = device();
		const token = await credential.getToken(VAULT);
		assert.equal(claimsOf(token.token).oid, entra.emulator.users.alice.id);
		await credential.getToken(STORAGE);
		assert.equal(infos.length, 1);
		const grants = (await entra.tokenRequests()).map((each) => each.grantType);
		assert.deepEqual(grants, [
			"urn:ietf:params:oauth:grant-type:device_code",
			"refresh_token",
		]);
	});

	test("and the callback gets exactly three fields (§11 row 22)", async () => {
		const { credential, infos } = device();
		await credential.getToken(VAULT);
		const [info] = infos;
		assert.deepEqual(Object.keys(info ?? {}).sort(), [
			"message",
			"userCode",
			"verificationUri",
		]);
		const { authorityHost } = entra.emulator;
		assert.equal(info?.verificationUri, `${authorityHost}/devicelogin`);
		assert.match(info?.message ?? "", new RegExp(info?.userCode ?? "-"));
	});

	test("to the developers' application and their own tenant, when neither is named", async () => {
		const { credential } = device(undefined, {
			tenantId: "",
			clientId: undefined as never,
		});
		const record = await credential.authenticate(VAULT);
		const { apps, requests, tenants } = entra.emulator;
		assert.equal(record.clientId, apps.azureCli.clientId);
		assert.equal(record.tenantId, tenants.contoso.id);
		const [first] = (await requests()).filter(
			({ method }) => method === "POST",
		);
		assert.equal(first?.path, "/organizations/oauth2/v2.0/devicecode");
		// A challenge may lead anywhere, when the program has tied the credential to no tenant.
		assert.ok(
			await credential.getToken(VAULT, { tenantId: tenants.contoso.id }),
		);
	});

	test("told on standard error, when there is no callback", async () => {
		const write = process.stderr.write;
		let written = "";
		let approved: Promise<void> | undefined;
		process.stderr.write = ((text: string) => {
			written += text;
			const userCode = /code (\S+)/.exec(text)?.[1] ?? "";
			approved ??= approveBy(entra)({ userCode });
			return true;
		}) as typeof process.stderr.write;
		try {
			const { credential } = device(undefined, {
				userPromptCallback: undefined as never,
			});
			await credential.getToken(VAULT);
		} finally {
			process.stderr.write = write;
		}
		await approved;
		assert.match(written, /\/devicelogin and enter the code \S+ to .*\n$/);
	});

	test("and a token of the other kind is asked for with its claims", async () => {
		const { credential } = device();
		const token = await credential.getToken(VAULT, { enableCae: true });
		assert.deepEqual(claimsOf(token.token).xms_cc, ["CP1"]);
		const start = (await entra.emulator.requests()).find(({ path }) =>
			path.endsWith("/devicecode"),
		);
		assert.equal(start?.claims, true);
	});
});

describe("What goes wrong before the person sees a code", () => {
	const start = (fault: object) =>
		entra.emulator.addFault({ path: "/devicecode", ...fault });

	for (const [what, fault, message] of [
		[
			"an error sent with status 200",
			{
				body: {
					error: "invalid_client",
					error_description: "AADSTS7000218: x",
				},
			},
			/invalid_client/,
		],
		["an empty answer", { body: {} }, /has no user_code/],
		[
			"an answer without lifetime",
			{ body: { user_code: "U", device_code: "D", verification_uri: "V" } },
			/has no expires_in/,
		],
		["a page", { body: "<html>" }, /has no user_code/],
	] as const)
		test(`${what} is an error, and no callback is called (§11 row 22)`, async () => {
			await start(fault);
			const { credential, infos } = device();
			await assert.rejects(credential.getToken(VAULT), {
				name: "AuthenticationError",
				message,
			});
			assert.equal(infos.length, 0);
			assert.equal((await polls()).length, 0);
		});

	test("an error of the callback comes out as it is, and nothing is polled", async () => {
		const own = new Error("the printer is on fire");
		const { credential } = device(async () => {
			throw own;
		});
		const failure = await credential.getToken(VAULT).catch((error) => error);
		assert.equal(failure, own);
		assert.equal((await polls()).length, 0);
	});

	test("what a terminal would obey is not shown", async () => {
		await start({
			body: {
				user_code: "A\u001b[2JB",
				device_code: "planted-device-code",
				verification_uri: "https://example.test",
				expires_in: 1,
				message: "hello\u001b]0;owned\u0007 there\nnext",
			},
		});
		const { credential, infos } = device(() => {});
		const failure = await credential.getToken(VAULT).catch((error) => error);
		assert.deepEqual(infos, [
			{
				userCode: "A[2JB",
				verificationUri: "https://example.test",
				message: "hello]0;owned there\nnext",
			},
		]);
		assert.ok(
			!inspect(failure, { depth: 9, showHidden: true }).includes("planted"),
		);
	});

	test("options that cannot be right are refused by the constructor", async () => {
		const authenticationRecord = {
			authority: "login.windows.net",
			homeAccountId: "u.t",
			clientId: "another-client",
			tenantId: "t",
			username: "u",
		};
		for (const [options, name, message] of [
			[{ clientId: " " }, "CredentialUnavailableError", /clientId/],
			[{ tenantId: "a/b" }, "CredentialUnavailableError", /tenantId/],
			[{ userPromptCallback: "x" as never }, "TypeError", /userPromptCallback/],
			[{ authenticationRecord }, "TypeError", /another client/],
		] as const)
			assert.throws(() => new DeviceCodeCredential(options), { name, message });
		assert.equal((await entra.emulator.requests()).length, 0);
	});
});
