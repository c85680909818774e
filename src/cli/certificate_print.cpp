#include "cli/certificate_print.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/face.h"
#include "cert/verdict.h"
#include "cli/certificate_input.h"
#include "cli/context.h"
#include "image/page.h"
#include "image/qr_image.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;
using image::Words;

struct PrintArguments {
  std::string text;
  std::string format{"a4"};
  std::string qr;
  std::string output;
};

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

image::CertificateSheet sheet_of(const cert::Face& face, const std::string& code) {
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

Result<Bytes> code_alone(const std::string& text, std::string_view kind) {
  if (kind == "png") return image::qr_png(text);
  TRY(svg, image::qr_svg(text));
  return to_bytes(as_bytes(svg));
}

Result<json::value> print(const PrintArguments& arguments) {
  TRY(text, certificate_text(arguments.text));
  TRY(face, cert::read_face(text));
  const auto format = arguments.format == "card" ? image::PageFormat::card : image::PageFormat::a4;
  TRY(made,
      arguments.qr.empty() ? image::certificate_pdf(sheet_of(face, text), format) : code_alone(text, arguments.qr));
  TRYV(store::create_file(arguments.output, made));
  return json::object{{"output", arguments.output},
                      {"format", arguments.qr.empty() ? "pdf" : arguments.qr},
                      {"bytes", made.size()},
                      {"certificate", cert::name_of(face.format)},
                      {"content", face.content}};
}

}  // namespace

void add_certificate_print(CLI::App& certificate, Context& context) {
  const auto arguments = std::make_shared<PrintArguments>();
  auto* command =
      add_command(certificate, context, "print",
                  "a page for paper, as PDF: an A4 sheet or a card for the wallet, in Indonesian and English. "
                  "What the certificate says is printed, not verified",
                  "lindung certificate print certificate.txt --format card --output card.pdf");
  command
      ->add_option("text", arguments->text,
                   "the text of the code, a file with it or its picture, or - for standard input")
      ->required();
  auto* format = command->add_option("--format", arguments->format, "a4 or card (85.6 x 54 mm)")
                     ->check(CLI::IsMember({"a4", "card"}))
                     ->capture_default_str();
  command->add_option("--qr", arguments->qr, "the code alone instead: svg or png")
      ->check(CLI::IsMember({"svg", "png"}))
      ->excludes(format);
  command->add_option("--output", arguments->output, "the new file")->required()->type_name("FILE");
  command->callback([arguments, &context] { finish(context, print(*arguments)); });
}

}  // namespace lindung::cli
