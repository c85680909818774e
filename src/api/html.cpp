#include "api/html.h"

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "http/message.h"

namespace lindung::api {

namespace {

constexpr std::string_view style =
    ":root{color-scheme:light dark}body{font:1.0625rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem "
    "auto;padding:0 1rem}"
    "h1{font-size:1.5rem;line-height:1.2;margin:2rem 0 .5rem}label{display:block;font-weight:600}"
    "textarea{box-sizing:border-box;width:100%;font:inherit;padding:.5rem}"
    "button{font:inherit;font-weight:600;min-height:2.75rem;padding:0 1.5rem}code{overflow-wrap:anywhere}";

// Only the page itself, the one style of ours by its digest, and forms to where it came from: no script, picture, frame
// or base of anybody's.
const std::string& policy() {
  static const std::string text = "default-src 'none'; style-src 'sha256-" +
                                  codec::base64(crypto::sha256({as_bytes(style)})) +
                                  "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
  return text;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

http::Response html_page(unsigned status, std::string_view title, std::string_view body) {
  http::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.fields = {{"Content-Security-Policy", policy()},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "no-referrer"},
                     {"Cache-Control", "no-store"}};
  response.body =
      "<!DOCTYPE html>\n<html lang=\"id\">\n<head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<style>";
  response.body += style;
  response.body += "</style>\n<title>";
  response.body += escape_html(title);
  response.body += "</title></head>\n<body>\n";
  response.body += body;
  response.body += "</body>\n</html>\n";
  return response;
}

}  // namespace lindung::api
