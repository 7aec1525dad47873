import { strict as assert } from "node:assert";
import { ReadResourceResponse, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { keepValuesOutOfDebugLines } from "../../../provider/hosts/dynamic/debugLines";

describe("the SDK's debug lines", () => {
  it("show whom an answer of the engine is about, and none of its values", () => {
    keepValuesOutOfDebugLines();
    for (const answer of [new RegisterResourceResponse(), new ReadResourceResponse()]) {
      answer.setUrn("urn:pulumi:stack::project::type::name");
      const values = Struct.fromJavaScript({ appPassword: "Canary-Password-0815" });
      if (answer instanceof RegisterResourceResponse) answer.setObject(values);
      else answer.setProperties(values);
      assert.equal(`${answer}`, "urn:pulumi:stack::project::type::name (values not shown)");
      assert.ok(
        JSON.stringify(answer.toObject()).includes("Canary-Password-0815"),
        "the values are still there",
      );
    }
  });
});
