#include "cli/verify_lines.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/reason.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verdict_json.h"
#include "cert/verify.h"
#include "cli/known_signers.h"
#include "cli/ordered_work.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/x509_certificate.h"

namespace lindung::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_line = std::size_t{8} << 20U;
constexpr std::size_t lines_a_piece = 32;
constexpr std::size_t most_kept = 8;

std::optional<crypto::X509Certificate> certificate_of(const json::value& text) {
  if (!text.is_string()) return std::nullopt;
  const auto der = codec::from_base64(text.get_string());
  auto read = crypto::X509Certificate::from_der(der ? der.value() : Bytes{});
  return read ? std::optional{std::move(read.value())} : std::nullopt;
}

const json::array* list_in(const json::object& trust, std::string_view name) {
  const auto* value = trust.if_contains(name);
  return value == nullptr ? nullptr : value->if_array();
}

// Errors: malformed for members of another type. What cannot be used within them is passed over.
Result<cert::TrustStore> read_trust(const json::value& trust, KnownSigners& known) {
  const auto* object = trust.if_object();
  if (object == nullptr) return fail(Errc::malformed, "trust");
  cert::TrustStore out;
  const auto list = out.add_list({.origin = "the question", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{out};
  for (const std::string_view name : {"dsc", "csca"}) {
    const auto* member = object->if_contains(name);
    if (member == nullptr || member->is_null()) continue;
    const auto* certificates = list_in(*object, name);
    if (certificates == nullptr) return fail(Errc::malformed, "trust");
    for (const auto& each : *certificates) {
      if (name == "dsc") {
        // Of the first list, as `list` is.
        auto signer = each.is_string() ? known.of(std::string{each.get_string()}) : nullptr;
        if (signer != nullptr) out.add_signer(std::move(signer));
      } else if (const auto certificate = certificate_of(each)) {
        out.add_authority(*certificate, list);
      }
    }
  }
  if (const auto* keys = object->if_contains("jwks"); keys != nullptr && !keys->is_null()) {
    TRYV(reader.add_jwks(*keys, list));
  }
  if (const auto* documents = object->if_contains("did"); documents != nullptr && !documents->is_null()) {
    TRYV(reader.add_did(*documents, list));
  }
  reader.finish();
  return out;
}

std::string bad_line(json::value id) {
  cert::Verdict verdict;
  verdict.reason = cert::Reason::input;
  return codec::to_text(cert::verdict_json(verdict, std::move(id)));
}

// Takes lines off the front of a piece of the input.
template <class Use>
void for_each_line(std::string_view text, Use&& use) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    use(line);
  }
}

// Whole lines of the standard input as soon as they are there, so that a caller may wait for an answer before it asks
// on. Of a line over the limit only its beginning is kept, which is no question.
class LineSource {
 public:
  // None at the end.
  std::optional<std::string> next() {
    for (;;) {
      const auto end = held_.rfind('\n');
      if (end != std::string::npos) {
        auto out = held_.substr(0, end + 1);
        held_.erase(0, end + 1);
        return out;
      }
      if (ended_) return held_.empty() ? std::nullopt : std::optional{std::exchange(held_, {})};
      read_more();
    }
  }

 private:
  void read_more() {
    const auto got = ::read(STDIN_FILENO, room_.data(), room_.size());
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) {
      ended_ = true;
      return;
    }
    std::string_view more{room_.data(), static_cast<std::size_t>(got)};
    if (held_.size() > longest_line) more.remove_prefix(std::min(more.find('\n'), more.size()));
    held_ += more;
  }

  std::array<char, std::size_t{1} << 18U> room_{};
  std::string held_;
  bool ended_{};
};

}  // namespace

std::shared_ptr<const cert::TrustStore> LineAnswerer::trust_of(const json::value& trust) {
  for (const auto& each : kept_) {
    if (each.text == trust) return each.store;
  }
  auto read = read_trust(trust, *known_);
  if (!read) return nullptr;
  Kept made{.text = trust, .store = std::make_shared<const cert::TrustStore>(std::move(read.value()))};
  auto store = made.store;
  if (kept_.size() < most_kept) {
    kept_.push_back(std::move(made));
  } else {
    kept_[next_kept_] = std::move(made);
    next_kept_ = (next_kept_ + 1) % most_kept;
  }
  return store;
}

std::string LineAnswerer::answer(std::string_view line) {
  const auto read = codec::parse_json(line, {.bytes = longest_line, .depth = 32});
  const auto* question = read ? read.value().if_object() : nullptr;
  if (question == nullptr) return bad_line(nullptr);
  const auto* id_member = question->if_contains("id");
  const auto id = id_member == nullptr ? json::value{} : *id_member;
  const auto* text = question->if_contains("text");
  if (text == nullptr || !text->is_string()) return bad_line(id);
  auto at = now_;
  if (const auto* moment = question->if_contains("at"); moment != nullptr && !moment->is_null()) {
    const auto parsed =
        moment->is_string() ? parse_rfc3339(moment->get_string()) : Result<Moment>{fail(Errc::malformed)};
    if (!parsed) return bad_line(id);
    at = parsed.value();
  }
  auto trust = trust_;
  if (const auto* given = question->if_contains("trust"); given != nullptr && !given->is_null()) {
    trust = trust_of(*given);
    if (trust == nullptr) return bad_line(id);
  }
  return codec::to_text(cert::verdict_json(cert::verify(text->get_string(), *trust, at), id));
}

bool answer_lines(const std::shared_ptr<const cert::TrustStore>& trust, Moment now) {
  std::atomic<bool> written{true};
  {
    const auto known = std::make_shared<KnownSigners>();
    const auto make_work = [&]() -> OrderedWork::Work {
      const auto answerer = std::make_shared<LineAnswerer>(trust, now, known);
      return [answerer](const std::string& piece) {
        std::string out;
        for_each_line(piece, [&](std::string_view line) { out += answerer->answer(line) + "\n"; });
        return out;
      };
    };
    const auto sink = [&](const std::string& answers) {
      const bool all =
          std::fwrite(answers.data(), 1, answers.size(), stdout) == answers.size() && std::fflush(stdout) == 0;
      if (!all) written = false;
    };
    OrderedWork work{std::max(1U, std::thread::hardware_concurrency()), make_work, sink};
    LineSource source;
    while (auto lines = source.next()) {
      std::string piece;
      std::size_t count = 0;
      for_each_line(*lines, [&](std::string_view line) {
        piece.append(line) += '\n';
        if (++count < lines_a_piece) return;
        work.add(std::exchange(piece, {}));
        count = 0;
      });
      if (!piece.empty()) work.add(std::move(piece));
      if (!written) break;
    }
  }
  return written;
}

}  // namespace lindung::cli
