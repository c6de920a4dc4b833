//! No patient data: what is refused by name.

/// Resource types of FHIR that speak of patients. Source: the patient compartment of FHIR R4,
/// https://hl7.org/fhir/R4/compartmentdefinition-patient.html, without the types that also hold configuration
/// (Schedule, Group, Basic, Provenance, AuditEvent stay readable only where a definition names them).
const RESOURCES: &[&str] = &[
    "Account",
    "AdverseEvent",
    "AllergyIntolerance",
    "Appointment",
    "AppointmentResponse",
    "BodyStructure",
    "CarePlan",
    "CareTeam",
    "ChargeItem",
    "Claim",
    "ClaimResponse",
    "ClinicalImpression",
    "Communication",
    "CommunicationRequest",
    "Composition",
    "Condition",
    "Consent",
    "Coverage",
    "CoverageEligibilityRequest",
    "CoverageEligibilityResponse",
    "DetectedIssue",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentManifest",
    "DocumentReference",
    "Encounter",
    "EnrollmentRequest",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "ImagingStudy",
    "Immunization",
    "ImmunizationEvaluation",
    "ImmunizationRecommendation",
    "Invoice",
    "List",
    "MeasureReport",
    "Media",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "MolecularSequence",
    "NutritionOrder",
    "Observation",
    "Patient",
    "Person",
    "Procedure",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RequestGroup",
    "ResearchSubject",
    "RiskAssessment",
    "ServiceRequest",
    "Specimen",
    "SupplyDelivery",
    "SupplyRequest",
    "VisionPrescription",
];

/// True for a resource type that speaks of patients.
pub fn is_patient_resource(resource: &str) -> bool {
    RESOURCES.binary_search(&resource).is_ok()
}

/// True for the name of a dataset that would hold patients.
pub fn is_patient_dataset(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "admissions",
        "appointments",
        "encounter",
        "encounters",
        "observations",
        "pathways",
        "patient",
        "patients",
        "referrals",
        "waiting_list",
    ];
    NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_sorted_for_the_binary_search() {
        assert!(RESOURCES.windows(2).all(|w| w[0] < w[1]));
    }
}
