#include "cli/certificate_print.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/face.h"
#include "cert/verdict.h"
#include "cli/certificate_input.h"
#include "cli/context.h"
#include "image/page.h"
#include "image/qr_image.h"
#include "people/certificate_sheet.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;
struct PrintArguments {
  std::string text;
  std::string format{"a4"};
  std::string qr;
  std::string output;
};

Result<Bytes> code_alone(const std::string& text, std::string_view kind) {
  if (kind == "png") return image::qr_png(text);
  TRY(svg, image::qr_svg(text));
  return to_bytes(as_bytes(svg));
}

Result<json::value> print(const PrintArguments& arguments) {
  TRY(text, certificate_text(arguments.text));
  TRY(face, cert::read_face(text));
  const auto format = arguments.format == "card" ? image::PageFormat::card : image::PageFormat::a4;
  TRY(made, arguments.qr.empty() ? image::certificate_pdf(people::certificate_sheet(face, text), format)
                                 : code_alone(text, arguments.qr));
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
