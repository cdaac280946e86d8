import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { CredentialUnavailableError } from "azidentity";
import { beforeEach, describe, test, vi } from "vitest";
import { issued } from "../certificates/issued.ts";
import { GRANTED, ScriptedService } from "../entra/scripted-service.ts";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { kubernetesPod } from "./kubernetes-pod.ts";

const entra = emulatedEntra();
const pod = kubernetesPod(entra);
const { certificate: CA, key: KEY } = issued({ name: "CA", isAuthority: true });
const DAMAGED = CA.replace(/\n.{10}/, "\n##########");

type Settings = Partial<
	Record<"TOKEN_PROXY" | "SNI_NAME" | "CA_FILE" | "CA_DATA", string>
>;

const set = (settings: Settings) => {
	for (const [name, value] of Object.entries(settings))
		vi.stubEnv(`AZURE_KUBERNETES_${name}`, value);
};
beforeEach(() =>
	set({ TOKEN_PROXY: "", SNI_NAME: "", CA_FILE: "", CA_DATA: "" }),
);

function assertRefused(...words: (RegExp | string)[]): void {
	assert.throws(
		() => pod.workload({ enableAzureProxy: true }),
		(error: Error) => {
			assert.ok(error instanceof CredentialUnavailableError, String(error));
			assert.match(
				error.message,
				/^WorkloadIdentityCredential: .*enableAzureProxy/,
			);
			for (const word of words)
				assert.ok(
					typeof word === "string"
						? error.message.includes(word)
						: word.test(error.message),
					`${word} is not in: ${error.message}`,
				);
			assert.doesNotMatch(error.message, /hunter2/);
			return true;
		},
	);
}

describe("Settings of the token proxy that cannot be right are refused by the constructor, by name", () => {
	const proxy = /AZURE_KUBERNETES_TOKEN_PROXY/;
	test.each<[string, Settings, RegExp[]]>([
		["a TLS name and no proxy", { SNI_NAME: "a" }, [proxy, /SNI_NAME is/]],
		["a CA file and no proxy", { CA_FILE: "/ca" }, [proxy, /CA_FILE is/]],
		["certificates and no proxy", { CA_DATA: CA }, [proxy, /CA_DATA is/]],
		["no URL", { TOKEN_PROXY: "proxy:x" }, [proxy]],
		["a host and no scheme", { TOKEN_PROXY: "proxy.test" }, [proxy, /URL/]],
		["http", { TOKEN_PROXY: "http://proxy.test" }, [proxy, /https/]],
		["a user", { TOKEN_PROXY: "https://user@proxy.test" }, [proxy, /user/]],
		[
			"a password",
			{ TOKEN_PROXY: "https://:hunter2@proxy.test" },
			[proxy, /password/],
		],
		["a query", { TOKEN_PROXY: "https://proxy.test/?a" }, [proxy, /query/]],
		["an empty query", { TOKEN_PROXY: "https://proxy.test/?" }, [proxy]],
		["a fragment", { TOKEN_PROXY: "https://p.test/#a" }, [proxy, /fragment/]],
		[
			"a CA file and certificates",
			{ TOKEN_PROXY: "https://p.test", CA_FILE: "/ca", CA_DATA: CA },
			[/CA_FILE/, /CA_DATA/],
		],
	])("%s", (_, settings, words) => {
		set(settings);
		assertRefused(...words);
	});

	test.each([
		["no PEM", "hunter2"],
		["a key", KEY],
		["a damaged certificate", DAMAGED],
		["a damaged one beside a good one", CA + DAMAGED],
		["one that is cut off after a good one", CA + CA.slice(0, -60)],
	])("certificates that are none: %s", (_, text) => {
		set({ TOKEN_PROXY: "https://proxy.test", CA_DATA: text });
		assertRefused("AZURE_KUBERNETES_CA_DATA");
		const file = pod.file("damaged.crt");
		writeFileSync(file, text);
		set({ CA_DATA: "", CA_FILE: file });
		assertRefused(file);
	});

	test("a CA file that is missing, empty, or a directory", () => {
		const file = pod.file("other.crt");
		set({ TOKEN_PROXY: "https://proxy.test", CA_FILE: file });
		assertRefused(file, "ENOENT");
		writeFileSync(file, "");
		assertRefused(file, "empty");
		rmSync(file);
		mkdirSync(file);
		assertRefused(file, "EISDIR");
	});
});

describe("A request's URL becomes the proxy's path, one slash, the request's path and query", () => {
	const AUTHORITY = "https://login.microsoftonline.com";
	const TOKEN = "/tenant/oauth2/v2.0/token";
	test.each([
		["https://proxy.test", AUTHORITY, `https://proxy.test${TOKEN}`],
		["https://proxy.test/", AUTHORITY, `https://proxy.test${TOKEN}`],
		[
			"https://proxy.test:8443/a",
			AUTHORITY,
			`https://proxy.test:8443/a${TOKEN}`,
		],
		["https://proxy.test/a/b/", AUTHORITY, `https://proxy.test/a/b${TOKEN}`],
		["https://proxy.test/a%2Fb", AUTHORITY, `https://proxy.test/a%2Fb${TOKEN}`],
		[
			"https://proxy.test/a%2Fb%2F",
			AUTHORITY,
			`https://proxy.test/a%2Fb%2F${TOKEN}`,
		],
		["https://proxy.test/a b", AUTHORITY, `https://proxy.test/a%20b${TOKEN}`],
		[
			"https://proxy.test/a",
			`${AUTHORITY}/c%2Fd`,
			`https://proxy.test/a/c%2Fd${TOKEN}`,
		],
		["https://[::1]/a", AUTHORITY, `https://[::1]/a${TOKEN}`],
	])("%s and %s", async (proxy, authorityHost, expected) => {
		set({ TOKEN_PROXY: proxy });
		vi.stubEnv("AZURE_TENANT_ID", "tenant");
		const service = new ScriptedService({ body: GRANTED });
		const options = service.options({ authorityHost });
		const credential = pod.workload({ ...options, enableAzureProxy: true });
		await credential.getToken(VAULT);
		assert.deepEqual(
			service.seen.map(({ url }) => url),
			[expected],
		);
	});

	test("and the query of discovery is kept", async () => {
		set({ TOKEN_PROXY: "https://proxy.test/base" });
		vi.stubEnv("AZURE_TENANT_ID", "tenant");
		const service = new ScriptedService({
			status: 400,
			body: { error: "invalid_instance" },
		});
		const credential = pod.workload({
			...service.options({ authorityHost: "https://login.example.test" }),
			enableAzureProxy: true,
			disableInstanceDiscovery: false,
		});
		await assert.rejects(credential.getToken(VAULT));
		assert.deepEqual(
			service.seen.map(({ url }) => url),
			[
				"https://proxy.test/base/common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2Flogin.example.test%2Ftenant%2Foauth2%2Fv2.0%2Fauthorize",
			],
		);
	});
});
