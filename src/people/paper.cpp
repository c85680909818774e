#include "people/paper.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/face.h"
#include "cert/verdict.h"
#include "image/code_sheet.h"
#include "image/qr_image.h"
#include "service/certificates.h"
#include "service/light_passes.h"
#include "service/platform.h"

namespace lindung::people {

namespace {

// Why there is no card or no pass, and the other one is printed all the same.
bool is_nothing_to_print(Errc code) {
  return code == Errc::conflict || code == Errc::denied || code == Errc::unsupported || code == Errc::not_found;
}

// "2026-11-22 18:00 UTC"
std::string readable(Moment at) {
  auto text = rfc3339(at);
  constexpr std::size_t day_size = 10;
  constexpr std::size_t minute_size = 16;
  text.resize(minute_size);
  text[day_size] = ' ';
  return text + " UTC";
}

Result<std::optional<image::CodeBlock>> card_of(const service::Platform& platform, const CitizenRef& citizen) {
  const auto issued = service::issue_certificate(platform, {.citizen = citizen, .format = cert::Format::shc});
  if (issued.has_error() && is_nothing_to_print(issued.error().code)) return std::optional<image::CodeBlock>{};
  if (issued.has_error()) return issued.error();
  return std::optional{image::CodeBlock{.title = {.id = "Kartu kesehatan", .en = "Health card"},
                                        .when = "s.d. · until " + readable(issued.value().expires),
                                        .code = issued.value().text(),
                                        .repair = image::QrRepair::low}};
}

Result<std::vector<image::CodeBlock>> passes_of(const service::Platform& platform, const CitizenRef& citizen,
                                                image::CodeSheet& sheet) {
  const auto strip = service::issue_passes(platform, citizen, service::most_pass_days);
  if (strip.has_error() && is_nothing_to_print(strip.error().code)) return std::vector<image::CodeBlock>{};
  if (strip.has_error()) return strip.error();
  std::vector<image::CodeBlock> blocks;
  for (const auto& pass : strip.value().passes) {
    blocks.push_back({.title = {.id = "Pas masuk", .en = "Entry pass"},
                      .when = readable(pass.window.begin) + " - " + readable(pass.window.end()),
                      .code = pass.text,
                      .repair = image::QrRepair::medium});
  }
  if (sheet.name.empty() && !blocks.empty()) {
    TRY(face, cert::read_face(blocks.front().code));
    sheet.name = face.name;
    sheet.plain_name = face.plain_name;
    sheet.authority = face.issuer;
  }
  return blocks;
}

}  // namespace

Result<Paper> paper_of(const service::Platform& platform, const CitizenRef& citizen) {
  image::CodeSheet sheet{
      .authority = {},
      .title = {.id = "Kartu dan pas", .en = "Card and passes"},
      .name = {},
      .plain_name = {},
      .note = {.id = "Tunjukkan kode QR yang waktunya sedang berlaku, bersama kartu identitas. Mintalah lembar baru "
                     "di puskesmas bila habis.",
               .en = "Show the code whose time it is, with an identity card. Ask a health office for a new sheet when "
                     "they are used up."},
      .blocks = {},
      .made_at = rfc3339(platform.clock.now())};
  Paper out;
  TRY(card, card_of(platform, citizen));
  if (card) {
    TRY(face, cert::read_face(card->code));
    sheet.name = face.name;
    sheet.plain_name = face.plain_name;
    sheet.authority = face.issuer;
    sheet.blocks.push_back(std::move(*card));
    out.has_card = true;
  }
  TRY(passes, passes_of(platform, citizen, sheet));
  out.passes = static_cast<unsigned>(passes.size());
  for (auto& pass : passes) sheet.blocks.push_back(std::move(pass));
  if (sheet.blocks.empty()) return fail(Errc::denied, "there is neither a card nor a pass to print");
  TRY(pdf, image::code_sheet_pdf(sheet));
  out.pdf = std::move(pdf);
  return out;
}

}  // namespace lindung::people
