#include "domain/fhir.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "domain/code_map.h"
#include "domain/fhir_carriers.h"
#include "domain/fhir_facts.h"
#include "domain/fhir_names.h"
#include "domain/fhir_node.h"
#include "domain/fhir_parts.h"
#include "domain/fhir_patient.h"
#include "domain/fhir_people.h"
#include "domain/fhir_rows.h"
#include "domain/fhir_scan.h"
#include "domain/fhir_table.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

namespace {

namespace json = boost::json;

// A row with a Patient is judged in the first pass, when names are collected, and reported in the second, in its turn.
struct Verdict {
  std::uint64_t row{};
  PersonFound person;
  std::optional<Refusal> refusal;  // none: accepted
};

Place place_of(const Row& row, const std::string& pointer) {
  return {.file = row.file, .line = row.line, .pointer = row.pointer + pointer};
}

// What a resource is known by in its import: the same in a re-import, different for different resources.
std::string identity_of(const Row& row, std::string_view type, std::string_view id) {
  const std::string at = std::to_string(row.file) + ':' + std::to_string(row.line);
  if (is_absolute(row.full_url)) return "url " + row.full_url + ' ' + std::string{type};
  if (row.bundle != nullptr && !id.empty()) {
    return "in " + at + row.bundle->pointer + ' ' + std::string{type} + '/' + std::string{id};
  }
  if (row.bundle == nullptr && is_fhir_id(id)) return "id " + std::string{type} + '/' + std::string{id};
  return "at " + at + row.pointer;
}

class Reader {
 public:
  Reader(const ImportContext& context, const Limits& limits)
      : context_{context},
        limits_{limits},
        codes_{context.codes != nullptr ? *context.codes : built_in_codes()},
        batch_{batch_id(context.issuer, context.import_id)} {}

  // First pass: who the people are, and what they and what other rows refer to is called.
  void collect(std::span<const File> files) {
    // Observations are looked through only where a report may refer to them.
    has_reports_ = std::ranges::any_of(
        files, [](const File& file) { return may_hold(as_text(file.bytes), "\"DiagnosticReport\""); });
    each_row(files, limits_, [this](const Row& row) { collect(row); });
  }

  void collect(const Row& row) {
    const auto number = rows_++;
    if (row.fault) return;
    if (row.resource.empty()) return remember_deletion(row, true);
    if (!may_hold(row.resource, "\"Patient\"") && !may_hold(row.resource, "\"Specimen\"") &&
        !(has_reports_ && may_hold(row.resource, "\"Observation\""))) {
      return;
    }
    const auto parsed = parse(row);
    if (parsed.has_error()) return;
    const Node resource{&parsed.value()};
    const auto type = resource.member("resourceType").text();
    if (type.has_error()) return;
    if (type.value() == "Patient") return patients_.push_back(judge(row, number, resource));
    const auto id = resource.member("id").text();
    if (id.has_error()) return;
    const auto name = id.value().value_or("");
    if (type.value() == "Observation") return carriers_.observation(row, name);
    if (type.value() != "Specimen") return;
    const auto read = read_specimen(resource, context_.now);
    carriers_.specimen(row, name,
                       read.has_error() ? Collection{.state = Collection::State::rejected, .at = {}} : read.value());
  }

  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }

  Result<Balance> report(std::span<const File> files, std::size_t part_rows, const Take& take) {
    Parts parts{part_rows, take, people_};
    std::uint64_t number = 0;
    auto verdict = patients_.cbegin();
    Result<void> state = ok();
    each_row(files, limits_, [&](const Row& row) {
      const auto current = number++;
      if (state.has_error()) return;
      if (verdict != patients_.cend() && verdict->row == current) {
        state = report_patient(row, *verdict++, parts);
      } else {
        state = report_row(row, parts);
      }
    });
    TRYV(std::move(state));
    return parts.finish();
  }

 private:
  // A plain name stands so; one that is written with escapes is read as well.
  [[nodiscard]] static bool may_hold(std::string_view text, std::string_view name) {
    return text.find(name) != std::string_view::npos || text.find("\\u") != std::string_view::npos;
  }

  [[nodiscard]] Read<json::value> parse(const Row& row) const {
    auto parsed = codec::parse_json(row.resource, {.bytes = limits_.resource_bytes, .depth = limits_.depth});
    if (parsed.has_value()) return std::move(parsed).value();
    if (depth_of(row.resource) > limits_.depth) return refuse(Reason::too_deep);
    return refuse(Reason::malformed_json);
  }

  // None if this is the first of its identity. The same text again is a duplicate, another one a conflict.
  std::optional<Reason> repeated(const Row& row, std::string_view identity) {
    if (identity.starts_with("at ")) return std::nullopt;
    const auto content = get_be<std::uint64_t>(crypto::sha256(as_bytes(row.resource)));
    const auto [number, is_new] = seen_.insert(digest_of({identity}), content);
    if (is_new) return std::nullopt;
    if (row.bundle != nullptr && row.bundle->type == BundleType::history) return Reason::superseded_version;
    return number == content ? Reason::duplicate_resource : Reason::conflicting_duplicate;
  }

  LocalId local_id(std::string_view identity) const {
    return LocalId{record_id(batch_, std::string{"person "}.append(identity)).value()};
  }

  Verdict judge(const Row& row, std::uint64_t number, const Node& resource) {
    Verdict verdict{.row = number, .person = {.standing = Standing::rejected}, .refusal = {}};
    const auto id = resource.member("id").text();
    if (id.has_error()) {
      verdict.refusal = id.error();
      return verdict;
    }
    const auto name = id.value().value_or("");
    const auto identity = identity_of(row, "Patient", name);
    if (const auto again = repeated(row, identity)) {
      verdict.refusal = Refusal{.reason = *again, .pointer = {}};
      // Its own Bundle may refer to it: the same text is the same person.
      if (*again == Reason::duplicate_resource) verdict.person = people_.find(row, row_name(row, name));
      people_.name(row, name, verdict.person);
      return verdict;
    }
    auto read = read_patient(resource, context_.now);
    if (read.has_error()) {
      verdict.refusal = read.error();
    } else {
      read.value().identity.local = local_id(identity);
      verdict.person = placed(read.value());
      verdict.refusal = std::move(read.value().hold);
    }
    people_.name(row, name, verdict.person);
    return verdict;
  }

  // A person who must wait is kept apart from an accepted one with the same number.
  PersonFound placed(const PatientRead& read) {
    if (read.hold) return {.standing = Standing::quarantined, .person = people_.apart(read.identity)};
    return {.standing = Standing::accepted, .person = people_.place_of(read.identity)};
  }

  // What a repeated Patient was called before: by its full URL, or by its id.
  static std::string row_name(const Row& row, std::string_view id) {
    return is_absolute(row.full_url) ? row.full_url : std::string{"Patient/"}.append(id);
  }

  Result<void> report_patient(const Row& row, const Verdict& verdict, Parts& parts) {
    if (!verdict.refusal) return parts.person(verdict.person.person, place_of(row, {}));
    if (verdict.person.standing != Standing::quarantined || verdict.refusal->reason == Reason::duplicate_resource) {
      return parts.rejected(place_of(row, verdict.refusal->pointer), verdict.refusal->reason);
    }
    return parts.quarantined({.place = place_of(row, verdict.refusal->pointer),
                              .reason = verdict.refusal->reason,
                              .person = people_.at(verdict.person.person),
                              .record = {}});
  }

  // The newest version of a history stands first: what follows a deletion under its URL is older, and gone. Deleted
  // people are remembered in the first pass, in which people are judged, the others in the second.
  void remember_deletion(const Row& row, bool is_first_pass) {
    if (row.bundle == nullptr || row.bundle->type != BundleType::history || row.method != "DELETE") return;
    const auto type = std::string_view{row.url}.substr(0, row.url.find('/'));
    if (is_absolute(row.full_url) && (type == "Patient") == is_first_pass) {
      (void)seen_.insert(digest_of({identity_of(row, type, "")}), 0);
    }
  }

  static Reason missing_resource(const Row& row) {
    if (row.bundle == nullptr || row.method != "DELETE") return Reason::no_resource;
    return row.bundle->type == BundleType::history ? Reason::deleted : Reason::deletion_not_supported;
  }

  Result<void> report_row(const Row& row, Parts& parts) {
    const auto reject = [&](Reason reason, const std::string& pointer = {}) {
      return parts.rejected(place_of(row, pointer), reason);
    };
    if (row.fault) return reject(*row.fault);
    if (row.resource.empty()) {
      remember_deletion(row, false);
      return reject(missing_resource(row));
    }
    const auto parsed = parse(row);
    if (parsed.has_error()) return reject(parsed.error().reason);
    const Node resource{&parsed.value()};
    const auto type = resource.member("resourceType").text();
    if (type.has_error()) return reject(type.error().reason, type.error().pointer);
    if (!type.value()) return reject(Reason::not_a_fhir_resource);
    const auto id = resource.member("id").text();
    if (id.has_error()) return reject(id.error().reason, id.error().pointer);
    const auto read = read_fact(row, *type.value(), resource);
    if (read.has_error()) return reject(read.error().reason, read.error().pointer);
    const auto identity = identity_of(row, *type.value(), id.value().value_or(""));
    if (const auto again = repeated(row, identity)) return reject(*again);
    if (!read.value()) return parts.nothing();
    return report_fact(row, resource, identity, *read.value(), parts);
  }

  // None: a row that is right and adds no fact.
  [[nodiscard]] Read<std::optional<Fact>> read_fact(const Row& row, std::string_view type, const Node& resource) {
    const FactContext facts{.codes = codes_, .now = context_.now, .carriers = carriers_, .row = row};
    if (type == "Immunization") return some(read_immunization(resource, facts));
    if (type == "Observation") return some(read_observation(resource, facts));
    if (type == "Condition") return some(read_condition(resource, facts));
    if (type == "DiagnosticReport") return read_report(resource, facts);
    if (type == "Specimen") {
      TRYV(read_specimen(resource, context_.now));
      return std::optional<Fact>{};
    }
    const auto named = resource.member("resourceType");
    if (type == "Bundle") return named.refused(Reason::malformed_bundle);
    return named.refused(type == "OperationOutcome" ? Reason::operation_outcome : Reason::unsupported_resource_type);
  }

  static Read<std::optional<Fact>> some(Read<Fact> read) {
    if (read.has_error()) return std::move(read).error();
    return std::optional{std::move(read).value()};
  }

  Result<void> report_fact(const Row& row, const Node& resource, const std::string& identity, const Fact& fact,
                           Parts& parts) {
    const auto subject = resource.member(std::holds_alternative<Vaccination>(fact) ? "patient" : "subject");
    const auto person = person_of(row, resource, subject, identity);
    if (person.has_error()) return parts.rejected(place_of(row, person.error().pointer), person.error().reason);
    const auto& known = people_.at(person.value().person);
    if (is_before_birth(fact, known)) return parts.rejected(place_of(row, {}), Reason::date_before_birth);
    Record record{.id = record_id(batch_, identity),
                  .issuer = context_.issuer,
                  .batch = batch_,
                  .entered_at = context_.now,
                  .fact = fact};
    if (person.value().standing == Standing::accepted) {
      return parts.record(person.value().person, std::move(record), place_of(row, {}));
    }
    return parts.quarantined({.place = place_of(row, subject.pointer()),
                              .reason = Reason::patient_quarantined,
                              .person = known,
                              .record = std::move(record)});
  }

  // Reasons: missing_patient, unresolved_patient, ambiguous_patient, patient_rejected, and those of a contained
  // Patient.
  Read<PersonFound> person_of(const Row& row, const Node& resource, const Node& subject, const std::string& identity) {
    if (!subject.exists()) return subject.refused(Reason::missing_patient);
    TRY(reference, subject.member("reference").text());
    if (reference && reference->starts_with('#')) return contained(resource, subject, reference->substr(1), identity);
    const auto found = reference ? people_.find(row, *reference) : PersonFound{};
    switch (found.standing) {
      case Standing::accepted:
      case Standing::quarantined: return found;
      case Standing::rejected: return subject.refused(Reason::patient_rejected);
      case Standing::ambiguous: return subject.refused(Reason::ambiguous_patient);
      case Standing::unknown: break;
    }
    const auto identifier = subject.member("identifier");
    if (identifier.exists()) {
      TRY(named, read_identifier(identifier));
      if (named) return PersonFound{.standing = Standing::accepted, .person = people_.place_of(std::move(*named))};
    }
    return subject.refused(reference || identifier.exists() ? Reason::unresolved_patient : Reason::missing_patient);
  }

  // Some programs write the mark of the reference into the id too.
  static bool is_called(std::string_view part_id, std::string_view id) {
    return part_id == id || (part_id.starts_with('#') && part_id.substr(1) == id);
  }

  Read<PersonFound> contained(const Node& resource, const Node& subject, std::string_view id,
                              const std::string& identity) {
    const auto parts = resource.member("contained");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto part = parts.item(i);
      TRY(type, part.member("resourceType").text());
      TRY(part_id, part.member("id").text());
      if (type != "Patient" || !part_id || !is_called(*part_id, id)) continue;
      TRY(read, read_patient(part, context_.now));
      read.identity.local = local_id(identity + '#' + std::string{id});
      return placed(read);
    }
    return subject.refused(Reason::unresolved_patient);
  }

  const ImportContext& context_;
  const Limits& limits_;
  const CodeMap& codes_;
  BatchId batch_;
  People people_;
  Carriers carriers_;
  bool has_reports_{};
  DigestTable seen_;
  std::vector<Verdict> patients_;
  std::uint64_t rows_{};
};

}  // namespace

Result<Balance> read(std::span<const File> files, const ImportContext& context, std::size_t part_rows, const Take& take,
                     const Limits& limits) {
  TRYV(check_import_id(context.import_id));
  Reader reader{context, limits};
  reader.collect(files);
  if (reader.rows() > limits.rows) return fail(Errc::too_large, "an import of more rows than are allowed at once");
  return reader.report(files, part_rows, take);
}

Result<ReadBatch> read(BytesView file, const ImportContext& context, const Limits& limits) {
  const File one{.bytes = file, .format = Format::detect};
  ReadBatch all;
  TRYV(read(
      std::span{&one, 1}, context, static_cast<std::size_t>(-1),
      [&](ReadBatch&& part) -> Result<void> {
        all = std::move(part);
        return ok();
      },
      limits));
  return all;
}

}  // namespace lindung::domain::fhir
