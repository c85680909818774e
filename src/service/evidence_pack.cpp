#include "service/evidence_pack.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "log/node_reader.h"
#include "log/tile.h"
#include "service/log_publisher.h"
#include "service/logged_unit.h"
#include "service/pack_file.h"
#include "service/pack_telling.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

namespace json = boost::json;

constexpr std::size_t text_limit = 500;

// Which entries belong into the pack: of the subject those of the range, and of its keys and states, and the gateway's
// keys, those of all times.
class Selection {
 public:
  Selection(const PackOrder& order, std::optional<Hash> officer_key) : order_{order}, officer_key_{officer_key} {
    for (const auto& opening : order.openings) {
      opened_.insert(opening.index);
      partners_.insert(opening.partner.value());
    }
    if (order.subject == PackSubject::partner) partners_.insert(order.id);
  }

  bool takes(std::uint64_t index, const log::Entry& entry) {
    const auto at = log::made_at(entry);
    const bool is_in_range = order_.from <= at && at < order_.until;
    return std::visit([&](const auto& each) { return takes(index, is_in_range, each); }, entry);
  }

 private:
  bool is_subject(PackSubject subject, std::string_view id) const {
    return order_.subject == subject && order_.id == id;
  }
  bool is_commanded(const Hash& digest) const { return commands_.contains(digest); }

  bool takes(std::uint64_t index, bool is_in_range, const log::AnswerEntry& entry) const {
    return opened_.contains(index) || (is_in_range && is_subject(PackSubject::partner, entry.partner.value()));
  }
  bool takes(std::uint64_t /*index*/, bool /*is_in_range*/, const log::PartnerEntry& entry) const {
    return partners_.contains(entry.partner.value()) || is_commanded(entry.signed_digest);
  }
  bool takes(std::uint64_t /*index*/, bool /*is_in_range*/, const log::KeyEntry& entry) const {
    return entry.owner == "gateway" || partners_.contains(entry.owner) || is_subject(PackSubject::issuer, entry.owner);
  }
  bool takes(std::uint64_t /*index*/, bool is_in_range, const log::LinkEntry& entry) const {
    return is_in_range && is_subject(PackSubject::partner, entry.partner.value());
  }
  bool takes(std::uint64_t /*index*/, bool is_in_range, const log::ImportEntry& entry) const {
    return is_in_range && is_subject(PackSubject::issuer, entry.issuer.value());
  }
  bool takes(std::uint64_t /*index*/, bool /*is_in_range*/, const log::RulesEntry& entry) const {
    return is_commanded(entry.digest);
  }
  static bool takes(std::uint64_t /*index*/, bool /*is_in_range*/, const log::RetentionEntry& /*entry*/) {
    return false;
  }
  // What an officer commanded, and what other entries say of those commands.
  bool takes(std::uint64_t /*index*/, bool is_in_range, const log::OfficerEntry& entry) {
    if (!officer_key_) return false;
    if (entry.officer_key_digest == *officer_key_) {
      if (!is_in_range && entry.action != "officer/add") return false;
      commands_.insert(entry.case_digest);
      return true;
    }
    return is_commanded(entry.officer_key_digest) || is_commanded(entry.case_digest);
  }

  const PackOrder& order_;
  std::optional<Hash> officer_key_;
  std::set<std::uint64_t> opened_;
  std::set<std::string, std::less<>> partners_;
  std::set<Hash> commands_;
};

// The entries part: leaves that belong into it, and between them the roots of the largest subtrees that hold none.
class EntriesPart {
 public:
  EntriesPart(PackFile& file, const PackGround& ground)
      : file_{file},
        source_{ground.source},
        // The tiles of the newest tree serve older sizes too.
        nodes_{log::nodes_of_tiles(ground.published, source_)},
        size_{ground.checkpoint.checkpoint.size} {}

  Result<std::uint64_t> write(Selection& selection, Moment from, Moment until) {
    for (std::uint64_t first = 0; first < size_; first += log::tile_width) {
      const auto width = static_cast<unsigned>(std::min<std::uint64_t>(log::tile_width, size_ - first));
      TRY(bundle, log::read_entries(source_, first / log::tile_width, width));
      BytesView rest{bundle};
      for (unsigned i = 0; i < width; ++i) {
        const std::size_t length = get_be<std::uint16_t>(rest);
        const auto leaf = rest.subspan(log::length_size, length);
        rest = rest.subspan(log::length_size + length);
        TRY(entry, log::decode(leaf));
        const auto at = log::made_at(entry);
        if (marks_ == 0 && at >= from) {
          TRYV(mark(first + i));
        }
        if (marks_ == 1 && at >= until) {
          TRYV(mark(first + i));
        }
        if (!selection.takes(first + i, entry)) continue;
        TRYV(cover(first + i));
        TRYV(file_.leaf(leaf));
        ++covered_;
        ++entries_;
      }
    }
    while (marks_ < 2) {
      TRYV(mark(size_));
    }
    TRYV(cover(size_));
    TRYV(file_.flush());
    return entries_;
  }

 private:
  Result<void> mark(std::uint64_t at) {
    TRYV(cover(at));
    return file_.mark(marks_++);
  }

  Result<void> cover(std::uint64_t until) {
    while (covered_ < until) {
      const auto room = static_cast<unsigned>(std::bit_width(until - covered_)) - 1U;
      const auto level = covered_ == 0 ? room : std::min(room, static_cast<unsigned>(std::countr_zero(covered_)));
      TRY(root, nodes_(level, covered_ >> level));
      TRYV(file_.subtree(level, root));
      covered_ += std::uint64_t{1} << level;
    }
    return ok();
  }

  PackFile& file_;
  log::TileSource source_;
  log::NodeSource nodes_;
  std::uint64_t size_;
  std::uint64_t covered_{};
  std::uint64_t entries_{};
  std::uint8_t marks_{};
};

json::object key_row(std::string_view owner, std::string_view key_id, BytesView bytes) {
  return {{"owner", owner}, {"key_id", key_id}, {"public_key", codec::hex(bytes)}};
}

Result<void> read_partner(store::Transaction& transaction, const std::string& partner, PackGround& out) {
  TRY(found, transaction.run(store::Sql{"SELECT partner_id FROM partner WHERE partner_id = $1"}, {partner}));
  if (found == 0) return fail(Errc::not_found, "no such partner");
  TRYV(transaction.run(
      store::Sql{"SELECT key_id, public_key FROM partner_key WHERE partner_id = $1 ORDER BY key_id"}, {partner},
      [&](const store::Row& row) { out.keys.push_back(key_row(partner, row.text(0), row.bytes(1))); }));
  return ok();
}

Result<void> read_pacts(store::Transaction& transaction, const std::string& partner, PackGround& out) {
  TRYV(transaction.run(store::Sql{"SELECT c.body FROM pact c JOIN partner p ON p.pact_digest = c.digest "
                                  "WHERE p.partner_id = $1"},
                       {partner}, [&](const store::Row& row) { out.pacts.emplace_back(row.text(0)); }));
  TRYV(transaction.run(store::Sql{"SELECT pact_digest, key_id, signature FROM pact_signature WHERE partner_id = $1 "
                                  "ORDER BY signed_at"},
                       {partner}, [&](const store::Row& row) {
                         out.pact_signatures.push_back({{"pact", codec::hex(row.bytes(0))},
                                                        {"key_id", row.text(1)},
                                                        {"signature", codec::hex(row.bytes(2))}});
                       }));
  return ok();
}

Result<void> read_issuer(store::Transaction& transaction, const std::string& issuer, PackGround& out) {
  TRY(found, transaction.run(store::Sql{"SELECT issuer_id FROM issuer WHERE issuer_id = $1"}, {issuer}));
  if (found == 0) return fail(Errc::not_found, "no such issuer");
  TRYV(transaction.run(store::Sql{"SELECT key_id, public_key FROM issuer_key WHERE issuer_id = $1 ORDER BY key_id"},
                       {issuer},
                       [&](const store::Row& row) { out.keys.push_back(key_row(issuer, row.text(0), row.bytes(1))); }));
  return ok();
}

Result<void> read_beside(const Platform& platform, const PackOrder& order, PackGround& out) {
  return platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.pacts.clear();
    out.pact_signatures.clear();
    out.keys.clear();
    if (order.subject == PackSubject::partner) {
      TRYV(read_partner(transaction, order.id, out));
      TRYV(read_pacts(transaction, order.id, out));
    } else if (order.subject == PackSubject::issuer) {
      TRYV(read_issuer(transaction, order.id, out));
    } else if (order.subject == PackSubject::officer) {
      TRYV(transaction.run(store::Sql{"SELECT public_key FROM officer WHERE officer_id = $1"}, {order.id},
                           [&](const store::Row& row) { out.officer_key = crypto::sha256(row.bytes(0)); }));
      if (!out.officer_key) return fail(Errc::not_found, "no such officer");
    }
    std::set<std::string> others;
    for (const auto& opening : order.openings) others.insert(opening.partner.value());
    if (order.subject == PackSubject::partner) others.erase(order.id);
    for (const auto& partner : others) {
      TRYV(read_partner(transaction, partner, out));
    }
    return ok();
  });
}

Result<void> check_order(const PackOrder& order) {
  if (order.until <= order.from) return fail(Errc::invalid_argument, "a range that ends before it begins");
  for (const auto& text : {order.purpose, order.law}) {
    const bool is_good = !text.empty() && text.size() <= text_limit &&
                         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
    if (!is_good) return fail(Errc::invalid_argument, "purpose and law are needed, a line each of at most 500 bytes");
  }
  return ok();
}

Result<void> write_object(PackFile& file, PackFrame kind, const json::object& object) {
  return file.frame(kind, as_bytes(codec::to_text(object)));
}

Result<void> write_opening(PackFile& file, const PackOpening& each) {
  codec::CborWriter out;
  out.array(7).uint(each.index).bytes(each.opening).text(each.key_id).text(each.signature_base);
  out.bytes(each.signature).bytes(each.question).bytes(each.head);
  return file.frame(PackFrame::opening, out.view());
}

Result<void> write_front(PackFile& file, const PackGround& ground, const PackOrder& order, Moment now) {
  TRYV(write_object(file, PackFrame::about,
                    {{"subject_kind", name_of(order.subject)},
                     {"subject", order.id},
                     {"from", rfc3339(order.from)},
                     {"until", rfc3339(order.until)},
                     {"purpose", order.purpose},
                     {"law", order.law},
                     {"made_at", rfc3339(now)},
                     {"command", codec::hex(order.command)},
                     {"nonce", codec::hex(crypto::random_bytes<16>())}}));  // the log's digest of it tells nothing
  TRYV(file.frame(PackFrame::log_key, as_bytes(ground.key.text() + "\n")));
  TRYV(file.frame(PackFrame::checkpoint, as_bytes(ground.checkpoint.note.encode())));
  for (const auto& pact : ground.pacts) {
    TRYV(file.frame(PackFrame::pact, as_bytes(pact)));
  }
  for (const auto& signature : ground.pact_signatures) {
    TRYV(write_object(file, PackFrame::pact_signature, signature));
  }
  for (const auto& key : ground.keys) {
    TRYV(write_object(file, PackFrame::key, key));
  }
  for (const auto& opening : order.openings) {
    TRYV(write_opening(file, opening));
  }
  return ok();
}

}  // namespace

std::string_view name_of(PackSubject subject) noexcept {
  static constexpr std::array<std::string_view, 4> names{"partner", "officer", "issuer", "person"};
  return names.at(static_cast<std::size_t>(subject));
}

Result<MadePack> write_evidence_pack(PackFile& file, const PackGround& ground, const PackOrder& order, Moment now) {
  TRYV(write_front(file, ground, order, now));
  Selection selection{order, ground.officer_key};
  EntriesPart part{file, ground};
  TRY(entries, part.write(selection, order.from, order.until));
  TRYV(write_object(file, PackFrame::end, {{"entries", entries}, {"openings", order.openings.size()}}));
  return MadePack{.size = ground.checkpoint.checkpoint.size,
                  .entries = entries,
                  .bytes = file.bytes(),
                  .digest = file.digest(),
                  .log_index = 0};
}

Result<MadePack> make_evidence_pack(const Platform& platform, LogPublisher& publisher, const PackOrder& order,
                                    const std::string& path) {
  TRYV(check_order(order));
  if (order.telling) {
    TRYV(check_telling(*order.telling, platform.clock.now()));
  }
  PackGround ground{.source = publisher.folder().source(),
                    .published = 0,
                    .checkpoint = {},
                    .key = publisher.verifier_key(),
                    .officer_key = {},
                    .pacts = {},
                    .pact_signatures = {},
                    .keys = {}};
  TRYV(read_beside(platform, order, ground));
  TRY(file, PackFile::create(path));
  TRY(published, publisher.publish_cosigned());
  ground.checkpoint = std::move(published);
  ground.published = publisher.published_size();
  TRY(made, write_evidence_pack(file, ground, order, platform.clock.now()));
  // The entry first: a file under its name is one that the log knows.
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(index, unit.log(log::OfficerEntry{.at = unit.now(),
                                          .action = "evidence.made",
                                          .officer_key_digest = order.command,
                                          .case_digest = made.digest}));
    made.log_index = index;
    return order.telling ? begin_telling(unit, platform, *order.telling, made.digest) : ok();
  }));
  TRYV(file.finish());
  return made;
}

}  // namespace lindung::service
