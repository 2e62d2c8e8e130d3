#include "protocol/generator/emit_decode.h"

#include <string>

#include "protocol/generator/names.h"
#include "protocol/generator/plan.h"

namespace moldau::generator {
namespace {

/// Writes the statements that read fields of one struct.
class DecodeEmitter {
 public:
  DecodeEmitter(TextBuffer& out, const Message& message, const Struct& structure)
      : out_(out), message_(message), structure_(structure) {}

  void emit() {
    const std::string unused = structure_.fields.empty() ? "[[maybe_unused]] " : "";
    out_.line(
        "void read([[maybe_unused]] wire::Reader& reader, [[maybe_unused]] std::int16_t wire_version, " +
        unused + qualified_name(message_, structure_) + "& out) {");
    out_.line("[[maybe_unused]] const wire::Form form = " +
              form_expression(structure_.versions, message_.flexible_versions) + ";");
    for (const Field& field : structure_.fields) {
      emit_body_field(field);
    }
    emit_tags();
    out_.line("}");
    out_.line();
  }

 private:
  void emit_body_field(const Field& field) {
    const VersionRange body = body_versions(field);
    const std::string holds = condition(structure_.versions, body);
    if (holds == "false") return;
    if (holds != "true") out_.line("if (" + holds + ") {");
    emit_nullable(field, intersect(structure_.versions, body), false);
    if (holds != "true") out_.line("}");
  }

  /// Reads the field, whose context is `versions`, as nullable, as not, or by wire_version.
  void emit_nullable(const Field& field, const VersionRange& versions, bool tagged) {
    const std::string nullable = condition(versions, field.nullable_versions);
    if (nullable == "true") {
      emit_read(field, true, tagged);
    } else if (nullable == "false") {
      emit_read(field, false, tagged);
    } else {
      out_.line("if (" + nullable + ") {");
      emit_read(field, true, tagged);
      out_.line("} else {");
      emit_read(field, false, tagged);
      out_.line("}");
    }
  }

  std::string form_of(const Field& field) const {
    if (!field.flexible_versions) return "form";
    return form_expression(structure_.versions, *field.flexible_versions);
  }

  /// Expression that reads one value which is no struct.
  std::string value_expression(const Field& field) const {
    std::string read;
    switch (field.kind) {
      case Kind::kBool:
        read = "reader.boolean()";
        break;
      case Kind::kFloat64:
        read = "reader.float64()";
        break;
      case Kind::kUuid:
        read = "reader.uuid()";
        break;
      case Kind::kString:
        read = "reader.string(" + form_of(field) + ")";
        break;
      case Kind::kBytes:
        read = "reader.blob(" + form_of(field) + ")";
        break;
      case Kind::kRecords:
        read = "reader.records(" + form_of(field) + ")";
        break;
      default:
        read = element_type(field) == "ErrorCode" ? "reader.error_code()" : "";
        break;
    }
    if (read.empty()) {
      const std::string rep = is_strong_id(field) ? element_type(field) + "::rep" : element_type(field);
      read = "reader.fixed<" + rep + ">()";
    }
    return is_strong_id(field) ? element_type(field) + "(" + read + ")" : read;
  }

  void emit_read(const Field& field, bool nullable, bool tagged) {
    const std::string member = "out." + snake_case(field.name);
    if (field.is_array) {
      emit_array(field, member, nullable, tagged);
    } else if (field.kind == Kind::kStruct) {
      emit_struct(field, member, nullable, tagged);
    } else if (nullable) {
      emit_nullable_value(field, member);
    } else {
      out_.line(member + " = " + value_expression(field) + ";");
    }
  }

  void emit_nullable_value(const Field& field, const std::string& member) {
    const std::string what = field.kind == Kind::kString  ? "nullable_string"
                             : field.kind == Kind::kBytes ? "nullable_blob"
                                                          : "nullable_records";
    const std::string read = "reader." + what + "(" + form_of(field) + ")";
    if (!is_strong_id(field)) {
      out_.line(member + " = " + read + ";");
      return;
    }
    out_.line(member + ".reset();");
    out_.line("if (const auto value = " + read + ") " + member + " = " + element_type(field) + "(*value);");
  }

  void emit_struct(const Field& field, const std::string& member, bool nullable, bool tagged) {
    if (!nullable) {
      // A tagged field that comes twice is read anew, as in Apache Kafka.
      if (tagged && !is_nullable(field)) out_.line(member + " = {};");
      out_.line("read(reader, wire_version, " + member + (is_nullable(field) ? ".emplace()" : "") + ");");
      return;
    }
    out_.line(member + ".reset();");
    out_.line(std::string("if (reader.") + (tagged ? "tagged_struct_present" : "struct_present") +
              "()) read(reader, wire_version, " + member + ".emplace());");
  }

  void emit_array(const Field& field, const std::string& member, bool nullable, bool tagged) {
    const std::string type = field.kind == Kind::kStruct ? "M::" + field.struct_name : element_type(field);
    const std::string sizes =
        "form, " + std::to_string(least_element_bytes(message_, field)) + ", sizeof(" + type + "))";
    const std::string into = is_nullable(field) ? member + ".emplace()" : member;
    if (tagged && !is_nullable(field)) out_.line(member + ".clear();");
    if (nullable) {
      out_.line(member + ".reset();");
      out_.line("if (const auto count = reader.nullable_array_size(" + sizes + ") {");
      emit_elements(field, into, "*count");
    } else {
      out_.line("{");
      out_.line("const std::size_t count = reader.array_size(" + sizes + ";");
      emit_elements(field, into, "count");
    }
    out_.line("}");
  }

  void emit_elements(const Field& field, const std::string& into, const std::string& count) {
    out_.line("auto& elements = " + into + ";");
    out_.line("elements.reserve(" + count + ");");
    out_.line("for (std::size_t i = 0; i < " + count + " && reader.ok(); ++i) {");
    if (field.kind == Kind::kStruct) {
      out_.line("read(reader, wire_version, elements.emplace_back());");
    } else {
      out_.line("elements.push_back(" + value_expression(field) + ");");
    }
    out_.line("}");
  }

  void emit_tags() {
    const std::string flexible = condition(structure_.versions, message_.flexible_versions);
    if (flexible == "false") return;
    if (flexible != "true") out_.line("if (" + flexible + ") {");
    const auto tagged = tagged_fields(structure_);
    out_.line("for (wire::TagCursor tags(reader); tags.next();) {");
    if (tagged.empty()) {
      out_.line("out.unknown_tags.add(tags.tag(), tags.raw());");
    } else {
      out_.line("switch (tags.tag()) {");
      for (const Field* field : tagged) {
        emit_tagged_case(*field);
      }
      out_.line("default: {");
      out_.line("out.unknown_tags.add(tags.tag(), tags.raw());");
      out_.line("}");
      out_.line("}");
    }
    out_.line("}");
    if (flexible != "true") out_.line("}");
  }

  void emit_tagged_case(const Field& field) {
    const VersionRange context = intersect(structure_.versions, message_.flexible_versions);
    const std::string holds = condition(context, field.tagged_versions);
    out_.line("case " + std::to_string(*field.tag) + ": {");
    if (holds != "true") {
      out_.line("if (!(" + holds + ")) {");
      out_.line("reader.reject(\"a tagged field is not valid in this version\");");
      out_.line("break;");
      out_.line("}");
    }
    emit_nullable(field, field.tagged_versions, true);
    out_.line("break;");
    out_.line("}");
  }

  TextBuffer& out_;
  const Message& message_;
  const Struct& structure_;
};

}  // namespace

std::string qualified_name(const Message& message, const Struct& structure) {
  return structure.name == message.name ? "M" : "M::" + structure.name;
}

std::string form_expression(const VersionRange& context, const VersionRange& flexible) {
  const std::string holds = condition(context, flexible);
  if (holds == "true") return "wire::Form::kFlexible";
  if (holds == "false") return "wire::Form::kPlain";
  return holds + " ? wire::Form::kFlexible : wire::Form::kPlain";
}

void emit_decode(TextBuffer& out, const Message& message, const Struct& structure) {
  DecodeEmitter(out, message, structure).emit();
}

}  // namespace moldau::generator
