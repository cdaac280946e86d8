import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import type { TokenCredential } from "@azure/core-auth";
import {
	bearerTokenAuthenticationPolicy,
	createDefaultHttpClient,
	createPipelineFromOptions,
	createPipelineRequest,
} from "@azure/core-rest-pipeline";
import {
	ClientAssertionCredential,
	ClientCertificateCredential,
	ClientSecretCredential,
	DeviceCodeCredential,
	OnBehalfOfCredential,
	UsernamePasswordCredential,
} from "@azure/identity";
import { decodeJwt } from "jose";
import { beforeAll, beforeEach, describe, test } from "vitest";
import {
	federatedAssertion,
	grantsAsked,
	startedEmulator,
} from "./started-emulator.ts";

const VAULT = "https://vault.azure.net/.default";
const GRAPH = "https://graph.microsoft.com/.default";
const ORDERS = "api://orders/access_as_user";

describe("@azure/identity", () => {
	let emulator: Emulator;
	let options: {
		authorityHost: string;
		disableInstanceDiscovery: true;
		tlsOptions: { ca: string };
	};
	beforeAll(async () => {
		emulator = await startedEmulator();
		options = {
			authorityHost: emulator.authorityHost,
			disableInstanceDiscovery: true,
			tlsOptions: { ca: emulator.ca },
		};
	});
	beforeEach(() => emulator.clearRequests());

	const claimsOf = async (credential: TokenCredential, scope: string) => {
		const token = await credential.getToken(scope);
		return decodeJwt(token?.token ?? assert.fail("there is no token"));
	};
	const tenantId = () => emulator.tenants.contoso.id;
	const daemon = () => emulator.apps.daemon;
	const alicesPassword = (clientId: string) => {
		const { username, password } = emulator.users.alice;
		return new UsernamePasswordCredential(
			...([tenantId(), clientId, username, password] as const),
			options,
		);
	};

	test("a secret gets a token, and MSAL's own cache serves it again", async () => {
		const { clientId, secrets } = daemon();
		const credential = new ClientSecretCredential(
			...([tenantId(), clientId, secrets[0]] as const),
			options,
		);
		const claims = await claimsOf(credential, VAULT);
		assert.equal(claims.aud, "https://vault.azure.net");
		assert.equal(claims.appid, clientId);
		assert.equal(claims.tid, tenantId());
		assert.deepEqual(await claimsOf(credential, VAULT), claims);
		const asked = await grantsAsked(emulator);
		assert.equal(asked.length, 1);
		assert.match(asked[0]?.client ?? "", /^msal\.js\.node /);
	});

	test("a wrong secret is refused in the service's words", async () => {
		const credential = new ClientSecretCredential(
			...([tenantId(), daemon().clientId, "not the secret"] as const),
			options,
		);
		await assert.rejects(credential.getToken(VAULT), {
			message: /AADSTS7000215/,
		});
	});

	test("a certificate gets a token", async () => {
		const credential = new ClientCertificateCredential(
			...([tenantId(), daemon().clientId] as const),
			{ certificatePath: emulator.appCertificate.file },
			options,
		);
		assert.equal((await claimsOf(credential, VAULT)).appidacr, "2");
	});

	test("a foreign issuer's assertion gets a token where the app trusts it, and only there", async () => {
		const assertion = await federatedAssertion(emulator);
		const credentialOf = (clientId: string) =>
			new ClientAssertionCredential(
				...([tenantId(), clientId] as const),
				async () => assertion,
				options,
			);
		const claims = await claimsOf(credentialOf(daemon().clientId), VAULT);
		assert.equal(claims.appid, daemon().clientId);
		await assert.rejects(
			credentialOf(emulator.apps.web.clientId).getToken(VAULT),
			/AADSTS7002\d\d/,
		);
	});

	test("a device gets a token once its user has approved", async () => {
		const { alice } = emulator.users;
		const credential = new DeviceCodeCredential({
			...options,
			tenantId: tenantId(),
			clientId: emulator.apps.native.clientId,
			userPromptCallback: ({ userCode, verificationUri }) => {
				assert.match(verificationUri, /\/devicelogin$/);
				void emulator.approveDevice(userCode, alice.username);
			},
		});
		assert.equal((await claimsOf(credential, GRAPH)).upn, alice.username);
	});

	test("a password gets a token, and a wrong one does not", async () => {
		const { native } = emulator.apps;
		const claims = await claimsOf(alicesPassword(native.clientId), GRAPH);
		assert.equal(claims.oid, emulator.users.alice.id);
		const wrong = new UsernamePasswordCredential(
			tenantId(),
			native.clientId,
			emulator.users.alice.username,
			"not this",
			options,
		);
		await assert.rejects(wrong.getToken(GRAPH), /AADSTS50126/);
	});

	test("an API gets a token on behalf of the person who called it", async () => {
		const { api, native } = emulator.apps;
		const caller = alicesPassword(native.clientId);
		const { token } = await caller.getToken(ORDERS);
		assert.equal(decodeJwt(token).aud, api.clientId);
		const credential = new OnBehalfOfCredential({
			...options,
			tenantId: tenantId(),
			clientId: api.clientId,
			clientSecret: api.secrets[0],
			userAssertionToken: token,
		});
		const claims = await claimsOf(credential, GRAPH);
		assert.equal(claims.oid, emulator.users.alice.id);
		assert.equal(claims.appid, api.clientId);
	});

	test("after a revocation the client answers the API's challenge with a new token", async () => {
		const { clientId, secrets } = daemon();
		const pipeline = createPipelineFromOptions({
			tlsOptions: { ca: emulator.ca },
		});
		pipeline.addPolicy(
			bearerTokenAuthenticationPolicy({
				scopes: VAULT,
				credential: new ClientSecretCredential(
					...([tenantId(), clientId, secrets[0]] as const),
					options,
				),
			}),
		);
		const call = () =>
			pipeline.sendRequest(
				createDefaultHttpClient(),
				createPipelineRequest({ url: emulator.demoApiUrl }),
			);
		assert.equal((await call()).status, 200);
		await emulator.revoke(clientId);
		assert.equal((await call()).status, 200);
		const asked = await grantsAsked(emulator);
		assert.deepEqual(
			asked.map(({ claims }) => claims ?? false),
			[true, true],
		);
	});
});
