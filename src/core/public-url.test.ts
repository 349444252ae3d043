import { describe, expect, it } from "vitest";
import { addressIn, isPublicAddress, refusalOfUrl } from "./public-url.ts";

describe("refusalOfUrl", () => {
  it.each([
    "https://hooks.example.com/status",
    "https://hooks.example.com:8443/status?tenant=7",
    "https://HOOKS.Example.COM./",
    "https://xn--bcher-kva.example/",
    "https://1.1.1.1/",
    "https://[2606:4700::1111]/",
  ])("lets %s be called", (url) => {
    expect(refusalOfUrl(url)).toBeNull();
  });

  it.each([
    ["", "must be a URL"],
    ["/relative", "must be a URL"],
    ["https://", "must be a URL"],
    ["https://999.1.1.1/", "must be a URL"],
    ["http://hooks.example.com/", "must be https"],
    ["ftp://hooks.example.com/", "must be https"],
    ["file:///etc/passwd", "must be https"],
    ["gopher://127.0.0.1:6379/_FLUSHALL", "must be https"],
    ["data:text/plain,hello", "must be https"],
    ["javascript:alert(1)", "must be https"],
    ["https://user@hooks.example.com/", "must not carry a user name or password"],
    ["https://hooks.example.com:pass@127.0.0.1/", "must not carry a user name or password"],
    ["https://hooks.example.com/#frag", "must not carry a fragment"],
    ["https://hooks.example.com:22/", "must use port 443 or 8443"],
    ["https://hooks.example.com:80/", "must use port 443 or 8443"],
    ["https://hooks.example.com:6379/", "must use port 443 or 8443"],
  ])("refuses %s: %s", (url, why) => {
    expect(refusalOfUrl(url)).toBe(why);
  });

  it.each([
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.255.255.254/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://0177.0.0.01/",
    "https://017700000001/",
    "https://%31%32%37.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://127.0.0.1./",
    "https://2130706433./",
    "https://0x7f.1/",
    "https://127.0.0.1:443\\@hooks.example.com/",
    "https:/\\127.0.0.1/",
    "https:127.0.0.1",
    "\thttps://127.0.\n0.1/",
    "https://0.0.0.0/",
    "https://0/",
    "https://10.0.0.1/",
    "https://10.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://0xc0a80001/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://192.0.0.192/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://203.0.113.7/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://192.88.99.1/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::0001]:8443/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[64:ff9b::169.254.169.254]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::]/",
    "https://[2001::1]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[100::1]/",
  ])("refuses the address in %s", (url) => {
    expect(refusalOfUrl(url)).toBe("must not lead to a private address");
  });

  it.each([
    "https://localhost/",
    "https://LOCALHOST./",
    "https://ⓛocalhost/",
    "https://a.localhost/",
    "https://localhost.localdomain/",
    "https://intranet/",
    "https://metadata/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://printer.local/",
    "https://router.lan/",
    "https://nas.home.arpa/",
    "https://db.corp/",
    "https://hidden.onion/",
    "https://a..b.com/",
    "https://-a.example.com/",
  ])("refuses the name in %s", (url) => {
    expect(refusalOfUrl(url)).toBe("must name a public host");
  });

  it("lets names through that lead inside only once they are looked up", () => {
    for (const name of ["127.0.0.1.nip.io", "localtest.me", "7f000001.c0a80001.rbndr.us"])
      expect(refusalOfUrl(`https://${name}/`)).toBeNull();
  });

  it("exempts exactly one origin, where it is given", () => {
    const sandbox = "http://localhost:8788";
    expect(refusalOfUrl("http://localhost:8788/sink/hooks", sandbox)).toBeNull();
    expect(refusalOfUrl("http://localhost:8788/sink/hooks")).toBe("must be https");
    for (const near of [
      "http://localhost:8789/sink",
      "https://localhost:8788/sink",
      "http://localhost/sink",
      "http://127.0.0.1:8788/sink",
      "http://localhost:8788.example.com/sink",
      "http://localhost:8788@10.0.0.1/sink",
      "http://user@localhost:8788/sink",
    ])
      expect(refusalOfUrl(near, sandbox)).not.toBeNull();
  });
});

describe("isPublicAddress", () => {
  it.each(["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::200e"])(
    "knows %s for public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    "127.0.0.1",
    "10.0.0.1",
    "::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "fd00::1",
    "not an address",
    "",
  ])("knows %s for not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("addressIn", () => {
  it("tells addresses from names", () => {
    expect(addressIn("[2606:4700::1111]")).toBe("2606:4700::1111");
    expect(addressIn("1.1.1.1")).toBe("1.1.1.1");
    expect(addressIn("one.example")).toBeNull();
  });
});
