export {
	type BearerTokenPolicyOptions,
	bearerTokenPolicy,
} from "./bearer-token-policy.ts";
export {
	type GetBearerTokenProviderOptions,
	getBearerTokenProvider,
} from "./bearer-token-provider.ts";
export { type WatchTokenOptions, watchToken } from "./watch-token.ts";
export {
	type CachedTokenCredential,
	type WithTokenCacheOptions,
	withTokenCache,
} from "./with-token-cache.ts";
