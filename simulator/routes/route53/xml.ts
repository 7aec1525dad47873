import { type Codec } from "../../http/call.js";
import { ApiError } from "../../http/errors.js";

export function refusal(code: string, message: string, status = 400): ApiError {
  return new ApiError(status, code, message);
}

/** An element of an XML document; text where there are no elements in it. */
export interface XmlNode {
  name: string;
  text: string;
  nodes: XmlNode[];
}

const NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";

export const xml: Codec = {
  contentType: "text/xml",
  read: (bytes) => parseXml(bytes.toString("utf8")),
  write: (body) => (body as { xml: string }).xml,
  error: ({ status, type, message }, requestId) => {
    const side = status < 500 ? "Sender" : "Receiver";
    const error = element(
      "Error",
      element("Type", side),
      element("Code", text(type)),
      element("Message", text(message)),
    );
    return document("ErrorResponse", [error, element("RequestId", requestId)]);
  },
};

export function answer(root: string, parts: string[]): { body: { xml: string } } {
  return { body: { xml: document(root, parts) } };
}

function document(root: string, parts: string[]): string {
  return `<?xml version="1.0"?>\n<${root} xmlns="${NAMESPACE}">${parts.join("")}</${root}>`;
}

export function element(name: string, ...parts: string[]): string {
  return `<${name}>${parts.join("")}</${name}>`;
}

export function text(value: string): string {
  return value.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Elements, their text and the predefined entities: what a request of this API is made of. */
function parseXml(source: string): XmlNode {
  const root: XmlNode = { name: "", text: "", nodes: [] };
  const open = [root];
  const tokens = /<\?[^>]*\?>|<!--.*?-->|<(\/?)([\w:.-]+)((?:\s[^<>]*?)?)(\/?)>|([^<]+)|</gs;
  for (const [token, closing, name, , empty, plain] of source.matchAll(tokens)) {
    const parent = open.at(-1)!;
    if (plain !== undefined) parent.text += plain.replace(/&(#x?[\da-f]+|\w+);/gi, entity);
    else if (token === "<") throw malformed();
    else if (name === undefined) continue;
    else if (closing) {
      if (open.pop()!.name !== name || open.length === 0) throw malformed();
    } else {
      const node: XmlNode = { name, text: "", nodes: [] };
      parent.nodes.push(node);
      if (!empty) open.push(node);
    }
  }
  if (open.length !== 1) throw malformed();
  return root.nodes[0] ?? root;
}

function entity(whole: string, name: string): string {
  const known: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  if (!name.startsWith("#")) return known[name] ?? whole;
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

function malformed(): ApiError {
  return refusal("MalformedInput", "Unexpected end of document or mismatched element");
}

export function children(node: XmlNode | undefined, name: string): XmlNode[] {
  return node?.nodes.filter((each) => each.name === name) ?? [];
}

export function child(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return children(node, name)[0];
}

export function textOf(node: XmlNode | undefined, name: string): string | undefined {
  return child(node, name)?.text;
}
