// A program written for @azure/identity: tokens for libraries that want text.
import {
	DefaultAzureCredential,
	type GetBearerTokenProviderOptions,
	getBearerTokenProvider,
} from "@azure/identity";

const all = {
	abortSignal: new AbortController().signal as never,
	tracingOptions: {},
} satisfies GetBearerTokenProviderOptions;

export const options = { GetBearerTokenProviderOptions: all };

const credential = new DefaultAzureCredential();
const SCOPE = "https://vault.azure.net/.default";
const { signal: abortSignal } = new AbortController();
export const providers: (() => Promise<string>)[] = [
	getBearerTokenProvider(credential, SCOPE),
	getBearerTokenProvider(credential, [SCOPE], all),
	getBearerTokenProvider(credential, SCOPE, { abortSignal }),
];
console.log(providers.map((provider) => typeof provider));
