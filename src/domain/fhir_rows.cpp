#include "domain/fhir_rows.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "domain/fhir.h"
#include "domain/fhir_scan.h"
#include "domain/import_reason.h"

namespace lindung::domain::fhir {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t max_nested_bundles = 4;  // each level is looked through once more

std::string_view trimmed(std::string_view text) {
  const auto begin = skip_space(text, 0);
  const auto last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(begin, last + 1 - begin);
}

std::size_t lines_in(std::string_view text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r", at), text.size());
}

BundleType bundle_type(std::string_view name) {
  constexpr std::array<std::string_view, 6> deleting_nothing{"document",       "message",   "transaction-response",
                                                             "batch-response", "searchset", "collection"};
  for (const auto& each : deleting_nothing) {
    if (name == each) return BundleType::deletes_nothing;
  }
  if (name == "transaction" || name == "batch") return BundleType::transaction;
  return name == "history" ? BundleType::history : BundleType::unknown;
}

// What the walk needs of a Bundle; `resource_type` is set for any resource.
struct Outline {
  std::string resource_type;
  std::string type;
  std::optional<std::string_view> entry;
  bool twice{false};
};

// None if the text is not one object.
std::optional<Outline> outline_of(std::string_view text) {
  Outline outline;
  const bool whole = each_member(text, [&](std::string_view name, std::string_view value) {
    if (name == "resourceType") outline.resource_type = string_value(value).value_or("");
    if (name == "type") outline.type = string_value(value).value_or("");
    if (name == "entry") {
      outline.twice = outline.twice || outline.entry;
      outline.entry = value;
    }
  });
  if (!whole) return std::nullopt;
  return outline;
}

// Empty if it is not there.
std::string_view member_of(std::string_view object, std::string_view wanted) {
  std::string_view found;
  const bool whole = each_member(object, [&](std::string_view name, std::string_view value) {
    if (name == wanted) found = value;
  });
  return whole ? found : std::string_view{};
}

// Cheap, and never wrong the other way for a name that is written plainly; an escaped one is no Bundle to us, and the
// reader of resources refuses it by name.
bool may_be_bundle(std::string_view text) { return text.find("\"Bundle\"") != std::string_view::npos; }

class Walk {
 public:
  Walk(const Limits& limits, const std::function<void(const Row&)>& show) : limits_{limits}, show_{show} {}

  void file(std::size_t number, const File& file) {
    file_ = number;
    line_ = 1;
    auto text = as_text(file.bytes);
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (trimmed(text).empty()) return;
    if (is_lines(text, file.format)) {
      lines(text);
    } else {
      values(text);
    }
  }

 private:
  static bool is_lines(std::string_view text, Format format) {
    if (format != Format::detect) return format == Format::ndjson;
    const auto end = value_end(text, 0);
    if (end != no_end && skip_space(text, end) == text.size()) return false;
    for (std::size_t at = 0; at < text.size();) {
      const auto stop = std::min(text.find('\n', at), text.size());
      const auto line = trimmed(text.substr(at, stop - at));
      at = stop + 1;
      if (!line.starts_with('{') || value_end(line, 0) != line.size()) continue;
      const auto outline = outline_of(line);
      if (outline && !outline->resource_type.empty()) return true;
    }
    return false;
  }

  void lines(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++line_) {
      const auto stop = std::min(text.find('\n', at), text.size());
      const auto line = trimmed(text.substr(at, stop - at));
      at = stop + 1;
      if (!line.empty()) value(line);
    }
  }

  // Objects and lists one behind the other, each on lines of its own, as printers for people write them; nearly always
  // there is one. From anything else on, all that follows is one row.
  void values(std::string_view text) {
    for (std::size_t at = skip_lines(text, 0); at < text.size();) {
      const auto end = text[at] == '{' || text[at] == '[' ? value_end(text, at) : no_end;
      const auto stop = end == no_end ? no_end : skip_blanks(text, end);
      if (stop == no_end || (stop < text.size() && text[stop] != '\n')) return value(trimmed(text.substr(at)));
      value(text.substr(at, end - at));
      line_ += lines_in(text.substr(at, stop - at));
      at = skip_lines(text, stop);
    }
  }

  // Over space, counting the lines.
  std::size_t skip_lines(std::string_view text, std::size_t at) {
    const auto next = skip_space(text, at);
    line_ += lines_in(text.substr(at, next - at));
    return next;
  }

  // A resource, or a list of resources: FHIR knows none, but programs write them.
  void value(std::string_view text) {
    std::size_t number = 0;
    const bool is_list = text.starts_with('[') && each_item(text, [&](std::string_view) { ++number; });
    if (!is_list || number == 0) return resource(text, "");
    number = 0;
    (void)each_item(text, [&](std::string_view item) { resource(item, "/" + std::to_string(number++)); });
  }

  // A resource that stands by itself: a Bundle becomes its rows, and so does the Bundle that the payload of a SMART
  // Health Card holds (its signature is not what counts here: the import is signed).
  void resource(std::string_view text, const std::string& pointer) {
    if (may_be_bundle(text)) {
      const auto outline = outline_of(text);
      if (outline && outline->resource_type == "Bundle") return bundle(*outline, pointer, 0);
      if (outline && outline->resource_type.empty()) {
        const auto card = member_of(member_of(member_of(text, "vc"), "credentialSubject"), "fhirBundle");
        const auto inner = outline_of(card);
        if (inner && inner->resource_type == "Bundle") {
          return bundle(*inner, pointer + "/vc/credentialSubject/fhirBundle", 0);
        }
      }
    }
    row({.pointer = pointer, .resource = text});
  }

  void bundle(const Outline& outline, const std::string& pointer, std::size_t depth) {  // NOLINT(misc-no-recursion)
    const auto faulty = [&](Reason why, const char* where) { row({.pointer = pointer + where, .fault = why}); };
    if (depth == max_nested_bundles) return faulty(Reason::too_deep, "");
    if (outline.twice) return faulty(Reason::malformed_bundle, "/entry");
    if (!outline.entry) return;
    const BundleScope scope{.number = bundles_++, .type = bundle_type(outline.type), .pointer = pointer};
    const auto* const outer = std::exchange(bundle_, &scope);
    std::size_t number = 0;
    const bool whole = each_item(*outline.entry, [&](std::string_view item) {
      entry(item, pointer + "/entry/" + std::to_string(number++), depth);
    });
    bundle_ = outer;
    if (!whole) faulty(Reason::malformed_bundle, "/entry");
  }

  void entry(std::string_view text, const std::string& pointer, std::size_t depth) {  // NOLINT(misc-no-recursion)
    Row found{.pointer = pointer + "/resource"};
    std::optional<std::string_view> resource;
    bool twice = false;
    const bool whole = each_member(text, [&](std::string_view name, std::string_view value) {
      if (name == "fullUrl") found.full_url = string_value(value).value_or("");
      if (name == "request") read_request(value, found);
      if (name == "resource") {
        twice = twice || resource;
        resource = value;
      }
    });
    if (!whole || twice) return row({.pointer = pointer, .fault = Reason::malformed_entry});
    if (!resource || *resource == "null") {
      found.pointer = pointer;
      return row(std::move(found));
    }
    if (bundle_->type == BundleType::unknown) {
      found.fault = Reason::unknown_bundle_type;
      return row(std::move(found));
    }
    if (may_be_bundle(*resource)) {
      const auto outline = outline_of(*resource);
      if (outline && outline->resource_type == "Bundle") return bundle(*outline, found.pointer, depth + 1);
    }
    found.resource = *resource;
    row(std::move(found));
  }

  static void read_request(std::string_view text, Row& row) {
    // A request that is no object leaves the entry without a method, which only takes rights away.
    (void)each_member(text, [&](std::string_view name, std::string_view value) {
      if (name == "method") row.method = string_value(value).value_or("");
      if (name == "url") row.url = string_value(value).value_or("");
    });
  }

  void row(Row row) {
    row.file = file_;
    row.line = line_;
    row.bundle = bundle_;
    if (!row.fault && row.resource.size() > limits_.resource_bytes) row.fault = Reason::too_large;
    show_(row);
  }

  const Limits& limits_;
  const std::function<void(const Row&)>& show_;
  std::size_t file_{};
  std::size_t line_{};
  std::uint64_t bundles_{};
  const BundleScope* bundle_{};
};

}  // namespace

void each_row(std::span<const File> files, const Limits& limits, const std::function<void(const Row&)>& show) {
  Walk walk{limits, show};
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].format != Format::csv) walk.file(i, files[i]);
  }
}

}  // namespace lindung::domain::fhir
