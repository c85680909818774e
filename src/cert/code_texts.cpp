#include "cert/code_texts.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "cert/shc_text.h"
#include "cert/text_forms.h"
#include "cert/verdict.h"
#include "cert/verify.h"

namespace lindung::cert {
namespace {

// "shc:/2/3/5676…": a part, which is nothing without the others.
bool is_part(std::string_view text) {
  if (!text.starts_with(shc_prefix)) return false;
  text.remove_prefix(shc_prefix.size());
  const auto slash = text.find('/');
  return slash != std::string_view::npos && slash > 0 && std::ranges::all_of(text.substr(0, slash), is_digit);
}

}  // namespace

Result<std::string> text_of_codes(std::vector<std::string> codes) {
  if (codes.empty()) return fail(Errc::not_found, "no code in the picture");
  const bool any_known =
      std::ranges::any_of(codes, [](const std::string& each) { return format_of(each) != Format::unknown; });
  if (any_known) std::erase_if(codes, [](const std::string& each) { return format_of(each) == Format::unknown; });
  if (codes.size() > 1 && !std::ranges::all_of(codes, is_part)) {
    return fail(Errc::conflict, std::to_string(codes.size()) + " different codes in the picture: show one of them");
  }
  std::string out;
  for (auto& each : codes) {
    if (!out.empty()) out += '\n';
    out += each;
  }
  return out;
}

}  // namespace lindung::cert
