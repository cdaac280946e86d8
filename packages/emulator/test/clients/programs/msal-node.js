// Goes through msal-node's ways to a token, as a Node program would, and prints one JSON object per way:
// {"step", …what msal-node handed over}. While a device waits for its user, {"step": "device code", "user_code"} comes first.
import {
	ConfidentialClientApplication,
	CryptoProvider,
	PublicClientApplication,
} from "@azure/msal-node";
import { signIn } from "./browser-walk.js";

const { env } = process;
const VAULT = ["https://vault.azure.net/.default"];
const GRAPH = ["https://graph.microsoft.com/User.Read"];
const ORDERS = ["api://orders/access_as_user"];
const REDIRECT = "http://localhost:3000/cb";

const say = (step, facts) => console.log(JSON.stringify({ step, ...facts }));

const authority = `${env.EMULATOR_AUTHORITY}/${env.EMULATOR_TENANT}`;
const auth = (clientId, clientSecret) => ({
	clientId,
	clientSecret,
	authority,
	knownAuthorities: [new URL(authority).host],
});

const daemon = new ConfidentialClientApplication({
	auth: auth(env.EMULATOR_CLIENT, env.EMULATOR_SECRET),
});
say(
	"client credential",
	await daemon.acquireTokenByClientCredential({ scopes: VAULT }),
);

const device = new PublicClientApplication({
	auth: auth(env.EMULATOR_PUBLIC_CLIENT),
});
const onDevice = await device.acquireTokenByDeviceCode({
	scopes: GRAPH,
	deviceCodeCallback: ({ userCode }) =>
		say("device code", { user_code: userCode }),
});
say("device", onDevice);
say(
	"refresh",
	await device.acquireTokenSilent({
		scopes: GRAPH,
		account: onDevice.account,
		forceRefresh: true,
	}),
);
say(
	"another resource",
	await device.acquireTokenSilent({
		scopes: VAULT,
		account: onDevice.account,
	}),
);

const web = new ConfidentialClientApplication({
	auth: auth(env.EMULATOR_WEB_CLIENT, env.EMULATOR_WEB_SECRET),
});
const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
const ask = { scopes: ORDERS, redirectUri: REDIRECT, state: "the state" };
const address = await web.getAuthCodeUrl({
	...ask,
	responseMode: "query",
	codeChallenge: challenge,
	codeChallengeMethod: "S256",
});
const answer = await signIn(address, {
	redirectUri: REDIRECT,
	username: env.EMULATOR_USERNAME,
	password: env.EMULATOR_PASSWORD,
});
const signedIn = await web.acquireTokenByCode({
	...ask,
	code: answer.get("code"),
	codeVerifier: verifier,
});
say("code", { ...signedIn, state: answer.get("state") });

const wrongVerifier = web.acquireTokenByCode({
	...ask,
	code: (
		await signIn(address, {
			redirectUri: REDIRECT,
			username: env.EMULATOR_USERNAME,
			password: env.EMULATOR_PASSWORD,
		})
	).get("code"),
	codeVerifier: (await new CryptoProvider().generatePkceCodes()).verifier,
});
say(
	"wrong verifier",
	await wrongVerifier.catch(({ message }) => ({ message })),
);

const api = new ConfidentialClientApplication({
	auth: auth(env.EMULATOR_API_CLIENT, env.EMULATOR_API_SECRET),
});
say(
	"on behalf of",
	await api.acquireTokenOnBehalfOf({
		scopes: GRAPH,
		oboAssertion: signedIn.accessToken,
	}),
);
