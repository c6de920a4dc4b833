//! FHIR XML as FHIR JSON, so that one path serves both.
//!
//! A primitive becomes the text of its value: in XML a number or a boolean is text too, and typed columns read it.
//! Extensions of primitives and the narrative's XHTML are left out. Whether a single element stands for an array cannot
//! be seen in XML, so the elements that repeat are listed here, for the definitional and administrative resources of R4;
//! an element that occurs twice is an array in any case.

use serde_json::{Map, Value};

use super::xml::Root;

/// Elements that repeat wherever they stand.
const EVERYWHERE: &[&str] = &[
    "extension",
    "modifierExtension",
    "contained",
    "coding",
    "telecom",
    "given",
    "prefix",
    "suffix",
    "line",
    "useContext",
    "jurisdiction",
];

/// Resource (`*` for any), the element around (empty for the resource itself), and the elements in it that repeat.
const REPEATING: &[(&str, &str, &[&str])] = &[
    ("*", "meta", &["profile", "security", "tag"]),
    ("*", "repeat", &["dayOfWeek", "timeOfDay", "when"]),
    ("Bundle", "", &["link", "entry"]),
    ("Bundle", "entry", &["link"]),
    ("OperationOutcome", "", &["issue"]),
    ("OperationOutcome", "issue", &["location", "expression"]),
    ("CodeSystem", "", &["identifier", "contact", "filter", "property", "concept"]),
    ("CodeSystem", "filter", &["operator"]),
    ("CodeSystem", "concept", &["designation", "property", "concept"]),
    ("ValueSet", "", &["identifier", "contact"]),
    ("ValueSet", "compose", &["include", "exclude"]),
    ("ValueSet", "include", &["concept", "filter", "valueSet"]),
    ("ValueSet", "exclude", &["concept", "filter", "valueSet"]),
    ("ValueSet", "concept", &["designation"]),
    ("ValueSet", "expansion", &["parameter", "contains"]),
    ("ValueSet", "contains", &["designation", "contains"]),
    ("ConceptMap", "", &["contact", "group"]),
    ("ConceptMap", "group", &["element"]),
    ("ConceptMap", "element", &["target"]),
    ("ConceptMap", "target", &["dependsOn", "product"]),
    ("NamingSystem", "", &["contact", "uniqueId"]),
    ("StructureDefinition", "", &["identifier", "contact", "keyword", "mapping", "context", "contextInvariant"]),
    ("StructureDefinition", "snapshot", &["element"]),
    ("StructureDefinition", "differential", &["element"]),
    ("StructureDefinition", "element", &["representation", "code", "alias", "type", "example", "condition", "constraint", "mapping"]),
    ("StructureDefinition", "type", &["profile", "targetProfile", "aggregation"]),
    ("StructureDefinition", "slicing", &["discriminator"]),
    ("SearchParameter", "", &["contact", "base", "target", "comparator", "modifier", "chain", "component"]),
    ("OperationDefinition", "", &["contact", "resource", "parameter", "overload"]),
    ("OperationDefinition", "parameter", &["targetProfile", "referencedFrom", "part"]),
    ("OperationDefinition", "part", &["targetProfile", "referencedFrom", "part"]),
    ("OperationDefinition", "overload", &["parameterName"]),
    ("ImplementationGuide", "", &["contact", "fhirVersion", "dependsOn", "global"]),
    ("ImplementationGuide", "definition", &["grouping", "resource", "parameter", "template"]),
    ("ImplementationGuide", "resource", &["fhirVersion"]),
    ("ImplementationGuide", "page", &["page"]),
    (
        "CapabilityStatement",
        "",
        &["contact", "instantiates", "imports", "format", "patchFormat", "implementationGuide", "rest", "messaging", "document"],
    ),
    ("CapabilityStatement", "rest", &["resource", "interaction", "searchParam", "operation", "compartment"]),
    ("CapabilityStatement", "security", &["service"]),
    (
        "CapabilityStatement",
        "resource",
        &["supportedProfile", "interaction", "referencePolicy", "searchInclude", "searchRevInclude", "searchParam", "operation"],
    ),
    ("CapabilityStatement", "messaging", &["endpoint", "supportedMessage"]),
    ("Questionnaire", "", &["identifier", "derivedFrom", "subjectType", "contact", "code", "item"]),
    ("Questionnaire", "item", &["code", "enableWhen", "answerOption", "initial", "item"]),
    ("QuestionnaireResponse", "", &["basedOn", "partOf", "item"]),
    ("QuestionnaireResponse", "item", &["answer", "item"]),
    ("QuestionnaireResponse", "answer", &["item"]),
    ("Organization", "", &["identifier", "type", "alias", "address", "contact", "endpoint"]),
    ("OrganizationAffiliation", "", &["identifier", "network", "code", "specialty", "location", "healthcareService", "endpoint"]),
    ("Location", "", &["identifier", "alias", "type", "hoursOfOperation", "endpoint"]),
    ("Location", "hoursOfOperation", &["daysOfWeek"]),
    (
        "HealthcareService",
        "",
        &[
            "identifier",
            "category",
            "type",
            "specialty",
            "location",
            "coverageArea",
            "serviceProvisionCode",
            "eligibility",
            "program",
            "characteristic",
            "communication",
            "referralMethod",
            "availableTime",
            "notAvailable",
            "endpoint",
        ],
    ),
    ("HealthcareService", "availableTime", &["daysOfWeek"]),
    ("Practitioner", "", &["identifier", "name", "address", "photo", "qualification", "communication"]),
    ("Practitioner", "qualification", &["identifier"]),
    (
        "PractitionerRole",
        "",
        &["identifier", "code", "specialty", "location", "healthcareService", "availableTime", "notAvailable", "endpoint"],
    ),
    ("PractitionerRole", "availableTime", &["daysOfWeek"]),
    ("Endpoint", "", &["identifier", "contact", "payloadType", "payloadMimeType", "header"]),
    ("Schedule", "", &["identifier", "serviceCategory", "serviceType", "specialty", "actor"]),
    ("Slot", "", &["identifier", "serviceCategory", "serviceType", "specialty"]),
    (
        "Appointment",
        "",
        &[
            "identifier",
            "serviceCategory",
            "serviceType",
            "specialty",
            "reasonCode",
            "reasonReference",
            "supportingInformation",
            "slot",
            "basedOn",
            "participant",
            "requestedPeriod",
        ],
    ),
    ("Appointment", "participant", &["type"]),
    (
        "Device",
        "",
        &["identifier", "udiCarrier", "statusReason", "deviceName", "specialization", "version", "property", "contact", "note", "safety"],
    ),
    ("Device", "property", &["valueQuantity", "valueCode"]),
    ("Medication", "", &["identifier", "ingredient"]),
    ("Group", "", &["identifier", "characteristic", "member"]),
    ("List", "", &["identifier", "note", "entry"]),
    ("Subscription", "", &["contact"]),
    ("Subscription", "channel", &["header"]),
];

/// The resource that a document holds.
pub(super) fn resource(root: Root) -> Value {
    converted(&root.name, root.value)
}

fn converted(kind: &str, value: Value) -> Value {
    let mut out = Map::from_iter([("resourceType".to_owned(), Value::from(kind))]);
    if let Value::Object(members) = value {
        add_members(kind, "", members, &mut out);
    }
    Value::Object(out)
}

fn add_members(kind: &str, around: &str, members: Map<String, Value>, out: &mut Map<String, Value>) {
    for (name, value) in members {
        match value {
            Value::String(text) => {
                // The attributes `id` of an element and `url` of an extension are members in JSON.
                if let Some(name @ ("id" | "url")) = name.strip_prefix('@') {
                    out.insert(name.to_owned(), Value::String(text));
                }
            }
            Value::Array(_) if name.starts_with('#') || name == "div" => {}
            Value::Array(alike) => {
                let mut values: Vec<Value> = alike.into_iter().map(|v| element(kind, &name, v)).collect();
                let value =
                    if values.len() > 1 || repeats(kind, around, &name) { Value::Array(values) } else { values.pop().unwrap_or_default() };
                out.insert(name, value);
            }
            _ => {}
        }
    }
}

fn element(kind: &str, name: &str, value: Value) -> Value {
    let Value::Object(mut members) = value else { return value };
    if let Some(primitive) = members.get_mut("@value") {
        return primitive.take();
    }
    if matches!(name, "resource" | "contained" | "outcome") {
        let inner = members.iter().find(|(n, _)| n.starts_with(|c: char| c.is_ascii_uppercase())).map(|(n, _)| n.clone());
        if let Some(inner) = inner {
            let resource = members.remove(&inner).and_then(|alike| alike.as_array().and_then(|a| a.first().cloned()));
            return converted(&inner, resource.unwrap_or_default());
        }
    }
    let mut out = Map::new();
    add_members(kind, name, members, &mut out);
    Value::Object(out)
}

fn repeats(kind: &str, around: &str, name: &str) -> bool {
    EVERYWHERE.contains(&name) || REPEATING.iter().any(|(k, a, names)| (*k == kind || *k == "*") && *a == around && names.contains(&name))
}
