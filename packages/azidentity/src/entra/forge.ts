// What PKCS#12 takes of node-forge, which ships with this library: the package has five times as much, and is ten times
// as large (docs/decisions/size.md).
import "node-forge/lib/asn1.js";
import "node-forge/lib/pbe.js";
import "node-forge/lib/sha1.js";
import "node-forge/lib/sha256.js";
import "node-forge/lib/sha512.js";
import forge from "node-forge/lib/forge.js";

export { forge };
