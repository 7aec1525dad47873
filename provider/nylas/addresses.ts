import { domainToASCII } from "node:url";

const LABEL = "(?!-)[A-Za-z0-9-]{1,63}(?<!-)";
// An address of four numbers is no name: no top-level domain is all digits.
const DOMAIN = new RegExp(`^(?=.{3,253}$)${LABEL}(\\.${LABEL})*\\.(?!\\d+$)${LABEL}$`);
const LOCAL_PART = /^(?=.{1,64}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** Whether a text is a domain name of two labels or more, in ASCII; a final dot is tolerated. */
export function isDomainName(text: string): boolean {
  return DOMAIN.test(text.replace(/\.$/, ""));
}

/** Whether a text is one mail address, in ASCII. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  return (
    at > 0 && text.length <= 254 && LOCAL_PART.test(text.slice(0, at)) && DOMAIN.test(text.slice(at + 1))
  );
}

/** Addresses are compared without case, in the local part too: the API treats them so. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** The domain that an address is on, in lower case. */
export function domainOfEmail(email: string): string {
  const address = normalEmail(email);
  return address.slice(address.lastIndexOf("@") + 1);
}

/** A domain in lower case and punycode, without its final dot; undefined for what is no domain. */
export function domainInAscii(text: string): string | undefined {
  // Invisible characters would vanish in the conversion, and its parser reads "%2e", "/" and numbers in ways of its own.
  if (/[^a-z0-9.\u0080-\u{10ffff}-]|[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/iu.test(text)) return undefined;
  const ascii = /^[\x00-\x7f]*$/.test(text) ? text : domainToASCII(text);
  return isDomainName(ascii) ? ascii.toLowerCase().replace(/\.$/, "") : undefined;
}

/** An address in lower case, its domain in punycode; undefined for what is no address. */
export function emailInAscii(text: string): string | undefined {
  const at = text.lastIndexOf("@");
  const domain = domainInAscii(text.slice(at + 1));
  if (at < 1 || domain === undefined) return undefined;
  // The local part is checked before its case is folded: other alphabets have letters that fold into ASCII.
  const local = text.slice(0, at);
  return isEmail(`${local}@${domain}`) ? `${local.toLowerCase()}@${domain}` : undefined;
}
