#include "protocol/generator/emit_encode.h"

#include <string>

#include "protocol/generator/emit_decode.h"
#include "protocol/generator/names.h"
#include "protocol/generator/plan.h"

namespace moldau::generator {
namespace {

/// Writes the statements that put fields of one struct into a sink.
class EncodeEmitter {
 public:
  EncodeEmitter(TextBuffer& out, const Message& message, const Struct& structure)
      : out_(out), message_(message), structure_(structure) {}

  void emit() {
    out_.line("template <class Sink>");
    out_.line("void put([[maybe_unused]] Sink& sink, [[maybe_unused]] std::int16_t wire_version, " +
              std::string("[[maybe_unused]] const ") + qualified_name(message_, structure_) + "& in) {");
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
    if (field.versions.empty()) return;
    const std::string holds = condition(structure_.versions, body_versions(field));
    if (holds == "true") {
      emit_nullable(field, structure_.versions, false);
    } else if (holds != "false") {
      out_.line("if (" + holds + ") {");
      emit_nullable(field, intersect(structure_.versions, body_versions(field)), false);
      out_.line("}");
    }
    emit_absence_check(field);
  }

  /// A wire_version without the field cannot carry another value than its default.
  void emit_absence_check(const Field& field) {
    if (field.ignorable || coverage(structure_.versions, field.versions) == Coverage::kAll) return;
    const std::string present = condition(structure_.versions, field.versions);
    out_.line("if constexpr (Sink::kChecks) {");
    out_.line("if (!(" + present + ") && " + differs_from_default(field, member(field)) + ") {");
    out_.line("sink.reject(\"" + field.name + "\", \"this version has no such field\");");
    out_.line("}");
    out_.line("}");
  }

  static std::string member(const Field& field) { return "in." + snake_case(field.name); }

  std::string form_of(const Field& field) const {
    if (!field.flexible_versions) return "form";
    return form_expression(structure_.versions, *field.flexible_versions);
  }

  /// Statement that puts `value`, one value of the field.
  std::string put_statement(const Field& field, const std::string& value) const {
    const std::string open = is_strong_id(field) ? value + ".value()" : value;
    switch (field.kind) {
      case Kind::kStruct:
        return "put(sink, wire_version, " + value + ");";
      case Kind::kBool:
        return "sink.boolean(" + value + ");";
      case Kind::kFloat64:
        return "sink.float64(" + value + ");";
      case Kind::kUuid:
        return "sink.uuid(" + value + ");";
      case Kind::kString:
        return "sink.string(" + open + ", " + form_of(field) + ", \"" + field.name + "\");";
      case Kind::kBytes:
        return "sink.blob(" + value + ", " + form_of(field) + ", \"" + field.name + "\");";
      case Kind::kRecords:
        return "sink.records(" + value + ", " + form_of(field) + ", \"" + field.name + "\");";
      default:
        return (element_type(field) == "ErrorCode" ? "sink.error_code(" : "sink.fixed(") + open + ");";
    }
  }

  /// Puts the field, which stands in `versions`. In a tagged field a nullable struct is marked differently.
  void emit_nullable(const Field& field, const VersionRange& versions, bool tagged) {
    if (!is_nullable(field)) {
      emit_value(field, member(field));
      return;
    }
    const bool marked = field.kind == Kind::kStruct && !field.is_array;
    const std::string nullable = condition(versions, field.nullable_versions);
    out_.line("if (" + member(field) + ") {");
    if (marked && nullable != "false") {
      const std::string mark = tagged ? "sink.varint(1);" : "sink.fixed(std::int8_t{1});";
      out_.line(nullable == "true" ? mark : "if (" + nullable + ") " + mark);
    }
    emit_value(field, "(*" + member(field) + ")");
    out_.line("} else {");
    if (nullable != "true") {
      out_.line("if (!(" + nullable + ")) sink.reject(\"" + field.name +
                "\", \"null in a version that forbids it\");");
    }
    out_.line(null_statement(field, marked, tagged));
    out_.line("}");
  }

  std::string null_statement(const Field& field, bool marked, bool tagged) const {
    if (marked) return tagged ? "sink.varint(0);" : "sink.fixed(std::int8_t{-1});";
    if (field.is_array) return "sink.null_array(form);";
    if (field.kind == Kind::kString) return "sink.null_string(" + form_of(field) + ");";
    return "sink.null_blob(" + form_of(field) + ");";
  }

  void emit_value(const Field& field, const std::string& value) {
    if (!field.is_array) {
      out_.line(put_statement(field, value));
      return;
    }
    out_.line("sink.array_size(" + value + ".size(), form);");
    out_.line("for (const auto& element : " + value + ") {");
    out_.line(put_statement(field, "element"));
    out_.line("}");
  }

  void emit_tags() {
    const VersionRange context = intersect(structure_.versions, message_.flexible_versions);
    const std::string flexible = condition(structure_.versions, message_.flexible_versions);
    if (flexible == "false") return;
    if (flexible != "true") out_.line("if (" + flexible + ") {");
    const auto tagged = tagged_fields(structure_);
    out_.line("std::size_t tag_count = in.unknown_tags.size();");
    for (const Field* field : tagged) {
      out_.line("if (" + is_written(*field, context) + ") ++tag_count;");
    }
    out_.line("sink.varint(static_cast<std::uint32_t>(tag_count));");
    out_.line("[[maybe_unused]] wire::UnknownTagsInOrder unknown(in.unknown_tags);");
    for (const Field* field : tagged) {
      out_.line("if (" + is_written(*field, context) + ") {");
      out_.line("unknown.put_below(" + std::to_string(*field->tag) + ", sink);");
      out_.line("sink.tagged(" + std::to_string(*field->tag) + ", [&](auto& outer) {");
      out_.line("auto& sink = outer;");
      emit_nullable(*field, field->tagged_versions, true);
      out_.line("});");
      out_.line("}");
    }
    out_.line("unknown.put_rest(sink);");
    if (flexible != "true") {
      out_.line("} else if (Sink::kChecks && in.unknown_tags.size() > 0) {");
      out_.line("sink.reject(\"tagged fields\", \"this version has none\");");
      out_.line("}");
    }
  }

  std::string is_written(const Field& field, const VersionRange& context) const {
    const std::string holds = condition(context, field.tagged_versions);
    const std::string differs = differs_from_default(field, member(field));
    return holds == "true" ? differs : "(" + holds + ") && " + differs;
  }

  TextBuffer& out_;
  const Message& message_;
  const Struct& structure_;
};

}  // namespace

void emit_encode(TextBuffer& out, const Message& message, const Struct& structure) {
  EncodeEmitter(out, message, structure).emit();
}

}  // namespace moldau::generator
