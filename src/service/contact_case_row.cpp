#include "service/contact_case_row.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "domain/record.h"
#include "service/contact_cases.h"
#include "service/contact_facts.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items_in_row = 13;

store::RowAddress address(const TraceId& id) {
  return {.table = "trace_case", .primary_key = id, .version = row_version};
}

template <std::size_t N>
Result<std::optional<ByteArray<N>>> read_optional(codec::CborReader& in) {
  TRY(bytes, in.bytes());
  if (bytes.empty()) return std::optional<ByteArray<N>>{};
  if (bytes.size() != N) return fail(Errc::corrupt, "trace_case: length");
  return std::optional{take<N>(bytes)};
}

}  // namespace

Result<Bytes> seal_trace(const store::KeyRing& ring, const TraceId& id, const TraceRow& row) {
  const auto source = row.subject ? row.subject->source : std::nullopt;
  codec::CborWriter out;
  out.array(items_in_row)
      .uint(row_version)
      .uint(static_cast<std::uint64_t>(row.cause))
      .bytes(row.subject ? row.subject->citizen.bytes() : BytesView{})
      .uint(row.subject ? unix_seconds(row.subject->at) : 0)
      .bytes(source ? source->bytes() : BytesView{})
      .text(row.case_number)
      .bytes(row.command)
      .uint(row.figures.days)
      .uint(row.figures.days_missing)
      .uint(row.figures.venues)
      .uint(row.figures.visits)
      .uint(row.figures.persons)
      .uint(row.figures.facts);
  auto plain = std::move(out).take();
  auto sealed = store::RowSealer{ring}.seal(address(id), plain);
  wipe(plain.data(), plain.size());
  return sealed;
}

Result<TraceRow> open_trace(const store::KeyRing& ring, const TraceId& id, BytesView sealed) {
  TRY(plain, store::RowSealer{ring}.open(address(id), sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != items_in_row || version != row_version) return fail(Errc::corrupt, "trace_case: version");
  TRY(cause, in.uint());
  TRY(citizen, read_optional<16>(in));
  TRY(at, in.uint());
  TRY(source, read_optional<16>(in));
  TRY(case_number, in.text());
  TRY(command, in.fixed<32>());
  TraceRow row{.cause = static_cast<TraceCause>(cause),
               .subject = {},
               .case_number = std::string{case_number},
               .command = command,
               .figures = {}};
  for (auto* figure : {&row.figures.days, &row.figures.days_missing, &row.figures.venues, &row.figures.visits,
                       &row.figures.persons, &row.figures.facts}) {
    TRY(value, in.uint());
    *figure = value;
  }
  TRYV(in.end());
  if (citizen) {
    row.subject = TraceSubject{.citizen = CitizenRef{*citizen},
                               .at = moment_of(at),
                               .source = source ? std::optional{domain::RecordId{*source}} : std::nullopt};
  }
  wipe(plain.data(), plain.size());
  return row;
}

}  // namespace lindung::service
