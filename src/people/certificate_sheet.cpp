#include "people/certificate_sheet.h"

#include <cstddef>
#include <string>
#include <utility>

#include "base/time.h"
#include "cert/face.h"
#include "cert/verdict.h"
#include "image/page.h"
#include "image/qr_image.h"

namespace lindung::people {

namespace {

using image::Words;

Words title_of(const cert::Face& face) {
  if (face.content == "vaccination") return {.id = "Sertifikat vaksinasi", .en = "Vaccination certificate"};
  if (face.content == "test") return {.id = "Sertifikat tes", .en = "Test certificate"};
  if (face.content == "recovery") return {.id = "Sertifikat pemulihan", .en = "Recovery certificate"};
  if (face.content == "light-pass") return {.id = "Pas masuk", .en = "Entry pass"};
  return {.id = "Sertifikat kesehatan", .en = "Health certificate"};
}

Words label_of(cert::FactKind kind) {
  using enum cert::FactKind;
  switch (kind) {
    case vaccine: return {.id = "Vaksin", .en = "Vaccine"};
    case dose: return {.id = "Dosis", .en = "Dose"};
    case vaccinated_on: return {.id = "Tanggal vaksinasi", .en = "Date of vaccination"};
    case test: return {.id = "Jenis tes", .en = "Type of test"};
    case result: return {.id = "Hasil", .en = "Result"};
    case sampled_at: return {.id = "Waktu pengambilan sampel", .en = "Time of sampling"};
    case first_positive: return {.id = "Hasil positif pertama", .en = "First positive result"};
    case valid_from: break;
  }
  return {.id = "Berlaku mulai", .en = "Valid from"};
}

// A day where the moment is a day's, else to the minute, in UTC.
std::string readable(Moment at) {
  auto text = rfc3339(at);  // 2026-11-22T10:20:00Z
  constexpr std::size_t day_size = 10;
  constexpr std::size_t minute_size = 16;
  text.resize(minute_size);
  text[day_size] = ' ';
  return text + " UTC";
}

}  // namespace

image::CertificateSheet certificate_sheet(const cert::Face& face, const std::string& code) {
  const bool is_pass = face.format == cert::Format::light_pass;
  image::CertificateSheet out{
      .authority = face.issuer,
      .title = title_of(face),
      .name = face.name,
      .plain_name = face.plain_name,
      .fields = {},
      .number = face.id,
      .note =
          {.id = "Hanya kode QR yang membuktikan: periksa tanda tangannya, dan cocokkan nama dengan kartu identitas.",
           .en =
               "The QR code alone is proof: have its signature checked, and the name compared with an identity card."},
      .code = code,
      .repair = face.format == cert::Format::shc ? image::QrRepair::low : image::QrRepair::medium,
      .made_at = rfc3339(face.not_before.value_or(Moment{}))};
  const auto add = [&](Words label, std::string value, bool is_on_card) {
    if (!value.empty()) {
      out.fields.push_back({.label = std::move(label), .value = std::move(value), .is_on_card = is_on_card});
    }
  };
  add(is_pass ? Words{.id = "Tahun lahir", .en = "Year of birth"} : Words{.id = "Tanggal lahir", .en = "Date of birth"},
      face.birth, true);
  for (const auto& each : face.facts) {
    add(label_of(each.kind), each.value, true);
  }
  if (is_pass && face.not_before) add({.id = "Berlaku mulai", .en = "Valid from"}, readable(*face.not_before), true);
  add({.id = "Penerbit", .en = "Issuer"}, face.issuer, false);
  if (face.expires) add({.id = "Berlaku hingga", .en = "Valid until"}, readable(*face.expires), true);
  return out;
}

}  // namespace lindung::people
