import { followPage } from "./page";

describe("docs/tutorial.md", function () {
  this.timeout(300_000);

  it("leads from an empty folder to a reviewed change in prod, and says what is printed", () =>
    followPage("tutorial.md"));
});
