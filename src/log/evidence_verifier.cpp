// Front to back, once: what the entries must confirm (pacts, keys, openings) stands before them and is held against
// each entry as it passes.
#include "log/evidence_verifier.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/entry.h"
#include "log/evidence_frames.h"
#include "log/evidence_parts.h"
#include "log/merkle.h"
#include "log/partner_history.h"

namespace lindung::log {
namespace {

namespace json = boost::json;

constexpr std::size_t openings_limit = 100'000;
constexpr std::size_t keys_limit = 10'000;
constexpr std::uint64_t answer_step = 10;
constexpr std::uint8_t leaf_item = 0;
constexpr std::uint8_t subtree_item = 1;
constexpr std::uint8_t mark_item = 2;
constexpr std::size_t question_size = 256;
constexpr std::size_t head_size = 36;

class Verification {
 public:
  Verification(const PackSource& source, const PackOptions& options) : frames_{source}, options_{options} {}

  Result<PackReport> run() {
    TRYV(frames_.begin());
    do {
      TRYV(frames_.next());
      TRYV(read());
    } while (frames_.part() != PackPart::end);
    TRYV(frames_.finish());
    TRYV(conclude());
    return std::move(*report_);
  }

 private:
  auto wrong(const std::string& what) const { return outcome::failure(frames_.wrong(what)); }

  Result<void> read() {
    const auto part = static_cast<int>(frames_.part());
    constexpr int needed = static_cast<int>(PackPart::checkpoint);  // about, log key and checkpoint: each once
    if (part <= needed ? part != seen_parts_ + 1 : seen_parts_ < needed) {
      return wrong("this part stands once, and behind those that it needs");
    }
    seen_parts_ = part;
    switch (frames_.part()) {
      case PackPart::about: return read_about();
      case PackPart::log_key: return read_log_key();
      case PackPart::checkpoint: return read_checkpoint();
      case PackPart::pact: pacts_.push_back(crypto::sha256(frames_.payload())); return ok();
      case PackPart::pact_signature: return read_pact_signature();
      case PackPart::key: return read_key();
      case PackPart::opening: return read_opening();
      case PackPart::entries: return read_entries();
      case PackPart::end: break;
    }
    return ok();
  }

  Result<json::object> read_object() const {
    auto value = codec::parse_json(as_text(frames_.payload()), {.bytes = 65'536, .depth = 4});
    if (value.has_error() || !value.value().is_object()) return wrong("not a JSON object");
    return std::move(value.value().as_object());
  }

  Result<std::string> text_of(const json::object& object, std::string_view name) const {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return wrong("no text \"" + std::string{name} + "\"");
    return std::string{value->as_string()};
  }

  Result<Moment> moment_in(const json::object& object, std::string_view name) const {
    TRY(text, text_of(object, name));
    const auto parsed = parse_rfc3339(text);
    if (parsed.has_error()) return wrong("no moment \"" + std::string{name} + "\"");
    return parsed.value();
  }

  template <std::size_t N>
  Result<ByteArray<N>> hex_in(const json::object& object, std::string_view name) const {
    TRY(text, text_of(object, name));
    ByteArray<N> out{};
    if (codec::from_hex(text, out).has_error()) return wrong("no hex \"" + std::string{name} + "\"");
    return out;
  }

  Result<void> read_about() {
    TRY(object, read_object());
    TRY(kind, text_of(object, "subject_kind"));
    TRY(subject, text_of(object, "subject"));
    TRY(from, moment_in(object, "from"));
    TRY(until, moment_in(object, "until"));
    TRY(purpose, text_of(object, "purpose"));
    TRY(law, text_of(object, "law"));
    TRY(made_at, moment_in(object, "made_at"));
    about_ = {.kind = kind,
              .subject = subject,
              .purpose = purpose,
              .law = law,
              .from = from,
              .until = until,
              .made_at = made_at};
    if (kind == "partner") history_.emplace(PartnerId{subject});
    return ok();
  }

  Result<void> read_log_key() {
    auto text = as_text(frames_.payload());
    if (!text.ends_with('\n')) return wrong("its line has no end");
    text.remove_suffix(1);
    auto key = VerifierKey::parse(text);
    if (key.has_error()) return wrong(key.error().detail);
    if (options_.key && key.value().key() != *options_.key) return wrong("another key than the given one");
    key_.emplace(std::move(key).value());
    return ok();
  }

  Result<void> read_checkpoint() {
    const auto text = as_text(frames_.payload());
    const auto checkpoint = open_checkpoint(text, *key_);
    if (checkpoint.has_error()) return wrong("does not verify: " + checkpoint.error().text());
    TRY(note, parse_note(text));
    TRY(seen_by, require_witnesses(note, options_.witnesses, options_.need));
    report_.emplace(PackReport{.subject_kind = about_.kind,
                               .subject = about_.subject,
                               .from = about_.from,
                               .until = about_.until,
                               .purpose = about_.purpose,
                               .law = about_.law,
                               .made_at = about_.made_at,
                               .origin = checkpoint.value().origin,
                               .key = key_->key(),
                               .size = checkpoint.value().size,
                               .root = checkpoint.value().root,
                               .seen_by = std::move(seen_by),
                               .entries = {},
                               .from_size = {},
                               .from_root = {},
                               .until_size = {},
                               .until_root = {},
                               .cut_index = {},
                               .last_answer_index = {},
                               .pacts = 0,
                               .pact_signatures = 0,
                               .keys = 0,
                               .openings = {},
                               .digest = {}});
    return ok();
  }

  Result<void> read_pact_signature() {
    TRY(object, read_object());
    TRY(digest, hex_in<32>(object, "pact"));
    TRY(key_id, text_of(object, "key_id"));
    TRY(signature, hex_in<64>(object, "signature"));
    signed_pacts_.push_back({.digest = digest, .key_id = key_id, .signature = signature});
    return ok();
  }

  Result<void> read_key() {
    if (keys_.size() == keys_limit) return wrong("too many keys");
    TRY(object, read_object());
    TRY(owner, text_of(object, "owner"));
    TRY(key_id, text_of(object, "key_id"));
    TRY(text, text_of(object, "public_key"));
    auto bytes = codec::from_hex(text);
    if (bytes.has_error()) return wrong("no hex \"public_key\"");
    keys_.push_back({.owner = owner, .key_id = key_id, .bytes = std::move(bytes).value()});
    return ok();
  }

  // [index, opening, key id, signature base, signature, question, head of the answer] (protocol.md section 5)
  Result<void> read_opening() {
    if (openings_.size() == openings_limit) return wrong("too many openings");
    codec::CborReader in{frames_.payload()};
    const auto parse = [&]() -> Result<PackOpening> {
      TRY(items, in.array());
      if (items != 7) return fail(Errc::malformed);
      TRY(index, in.uint());
      TRY(opening, in.fixed<16>());
      TRY(key_id, in.text());
      TRY(base, in.text());
      TRY(signature, in.fixed<64>());
      TRY(question, in.fixed<question_size>());
      TRY(head, in.fixed<head_size>());
      TRYV(in.end());
      const auto evidence = crypto::sha256({as_bytes(base), signature});
      static constexpr ByteArray<1> separator{0};
      PackOpening out;
      out.commitment =
          crypto::hmac_sha256(opening, {as_bytes("lindung answer v1"), separator, evidence, question, head});
      out.answer = {.index = index,
                    .key_id = std::string{key_id},
                    .answered_at = moment_of(get_be<std::uint64_t>(BytesView{head}.subspan(20))),
                    .outcome = head[1],
                    .colour = head[2]};
      out.base = base;
      out.signature = signature;
      return out;
    };
    auto opening = parse();
    if (opening.has_error()) return wrong("not an opening");
    const auto index = opening.value().answer.index;
    if (!openings_.empty() && openings_.rbegin()->first >= index) return wrong("openings out of order");
    openings_.emplace(index, std::move(opening).value());
    return ok();
  }

  Result<void> read_entries() {
    PackItems items{frames_.payload()};
    while (!items.empty()) {
      const auto kind = items.take(1)->front();
      if (kind == leaf_item) {
        const auto length = items.take(2);
        const auto leaf = length ? items.take(get_be<std::uint16_t>(*length)) : std::nullopt;
        if (!leaf) return wrong("an entry that goes on behind its frame");
        TRYV(take_leaf(*leaf));
      } else if (kind == subtree_item) {
        const auto level = items.take(1);
        const auto hash = level ? items.take(32) : std::nullopt;
        if (!hash) return wrong("a hash that goes on behind its frame");
        if (tree_.append_subtree(level->front(), take<32>(*hash)).has_error()) return wrong("a hash without a place");
      } else if (kind == mark_item) {
        const auto which = items.take(1);
        if (!which || which->front() > 1 || which->front() != marks_) return wrong("a mark that has no place here");
        ++marks_;
        (which->front() == 0 ? report_->from_size : report_->until_size) = tree_.size();
        (which->front() == 0 ? report_->from_root : report_->until_root) = tree_.root();
      } else {
        return wrong("an item of unknown kind");
      }
      if (tree_.size() > report_->size) return wrong("more entries than the checkpoint has");
    }
    return ok();
  }

  Result<void> take_leaf(BytesView leaf) {
    const auto index = tree_.size();
    const auto entry = decode(leaf);
    if (entry.has_error()) return wrong("entry " + std::to_string(index) + " is none of this log");
    tree_.append(leaf_hash(leaf));
    ++report_->entries.at(entry.value().index());
    if (history_) history_->add(index, entry.value());
    if (const auto* key = std::get_if<KeyEntry>(&entry.value())) {
      for (auto& each : keys_) {
        each.is_confirmed =
            each.is_confirmed || (key->added && each.owner == key->owner && each.key_id == key->key_id &&
                                  crypto::sha256(each.bytes) == key->public_key_digest);
      }
    } else if (const auto* change = std::get_if<PartnerEntry>(&entry.value())) {
      if (change->state == PartnerChange::pact_signed) pact_entries_.push_back(change->signed_digest);
    } else if (const auto* answer = std::get_if<AnswerEntry>(&entry.value())) {
      return open(index, *answer);
    }
    return ok();
  }

  Result<void> open(std::uint64_t index, const AnswerEntry& entry) {
    const auto found = openings_.find(index);
    if (found == openings_.end()) return ok();
    auto& opening = found->second;
    const auto about = "the opening of entry " + std::to_string(index);
    if (opening.commitment != entry.commitment) return wrong(about + " does not open its commitment");
    const auto at = unix_seconds(opening.answer.answered_at);
    if (at - at % answer_step != unix_seconds(entry.answered_at)) return wrong(about + " is of another moment");
    const auto* key = find_key(entry.partner.value(), opening.answer.key_id);
    if (key == nullptr) return wrong(about + " is signed by a key that the pack does not hold");
    if (opening.base.find("keyid=\"" + opening.answer.key_id + "\"") == std::string::npos ||
        !signs(*key, as_bytes(opening.base), opening.signature)) {
      return wrong(about + " has a question that its partner did not sign");
    }
    opening.is_confirmed = true;
    return ok();
  }

  const PackKey* find_key(std::string_view owner, std::string_view key_id) const {
    const auto found = std::ranges::find_if(
        keys_, [&](const PackKey& key) { return key.is_confirmed && key.owner == owner && key.key_id == key_id; });
    return found == keys_.end() ? nullptr : &*found;
  }

  static bool signs(const PackKey& key, BytesView message, const crypto::Ed25519Signature& signature) {
    const auto point = crypto::Ed25519PublicKey::from_bytes(key.bytes);
    return point.has_value() && point.value().verifies(message, signature);
  }

  Result<void> conclude() {
    auto& report = *report_;
    if (marks_ != 2) return wrong("the range is not marked among the entries");
    if (tree_.size() != report.size || tree_.root() != report.root) {
      return wrong("the entries are not those of the checkpoint: they lead to another root");
    }
    for (const auto& key : keys_) {
      if (!key.is_confirmed) return wrong("the key " + key.owner + " " + key.key_id + " is not in the log");
      ++report.keys;
    }
    for (const auto& pact : pacts_) {
      if (std::ranges::find(pact_entries_, pact) == pact_entries_.end()) {
        return wrong("a pact that no entry of the partner names");
      }
      ++report.pacts;
    }
    for (const auto& each : signed_pacts_) {
      const auto message = Message{}.text("lindung pact v1").u8(0).raw(each.digest).take();
      const auto* key = find_key(about_.subject, each.key_id);
      if (key == nullptr || !signs(*key, message, each.signature) ||
          std::ranges::find(pact_entries_, each.digest) == pact_entries_.end()) {
        return wrong("a pact that the partner did not sign");
      }
      ++report.pact_signatures;
    }
    for (const auto& [index, opening] : openings_) {
      if (!opening.is_confirmed) return wrong("an opening of entry " + std::to_string(index) + ", which is not here");
      report.openings.push_back(opening.answer);
    }
    if (history_) {
      TRYV(history_->verdict());
      report.cut_index = history_->cut_index();
      report.last_answer_index = history_->last_answer_index();
    }
    report.digest = frames_.digest();
    return ok();
  }

  struct About {
    std::string kind{}, subject{}, purpose{}, law{};
    Moment from{}, until{}, made_at{};
  };

  FrameReader frames_;
  const PackOptions& options_;
  int seen_parts_{};
  About about_;
  std::optional<VerifierKey> key_;
  std::optional<PackReport> report_;  // from the checkpoint on
  std::vector<Hash> pacts_;
  std::vector<Hash> pact_entries_;
  std::vector<PackPact> signed_pacts_;
  std::vector<PackKey> keys_;
  std::map<std::uint64_t, PackOpening> openings_;
  Frontier tree_;
  std::uint8_t marks_{};
  std::optional<PartnerHistory> history_;
};

}  // namespace

Result<PackReport> verify_evidence(const PackSource& source, const PackOptions& options) {
  return Verification{source, options}.run();
}

}  // namespace lindung::log
